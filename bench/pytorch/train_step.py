"""Training of a model in PyTorch on padded batches: a check of what it computes, or the seconds of a step.

Job: kind (plain or modern), model and training (a configuration of Letterpress), threads, mode.
  check: weights (safetensors), batches (texts as tokens), learningRates (of some steps), and files to write:
         gradients of the first batch; updated and average, the weights and their EMA after those steps
  time:  batches, warmUp
"""
import torch
import torch.nn.functional as F

import modern_model
import plain_model
from common import PAD, answer, pad_texts, peak_memory_bytes, read_job, read_safetensors, time_steps, write_floats
from optimizers import ExponentialAverage, make_optimizers

IGNORED = -100  # targets after the end of a text


def batch_of(texts, context_length):
    """x, targets [texts, longest]: a text predicts its characters and one pad, the rest is ignored."""
    lengths = [min(len(text) + 1, context_length - 1) for text in texts]
    longest = max(lengths)
    x = pad_texts(texts, longest)
    targets = torch.full_like(x, IGNORED)
    for i, (text, length) in enumerate(zip(texts, lengths)):
        targets[i, :length] = torch.tensor((list(text) + [PAD])[:length])
    return x, targets


class Training:
    def __init__(self, model, settings):
        assert settings["lossPer"] == "character" and settings["clipNorm"] is not None, settings
        self.model, self.settings = model, settings
        self.optimizers = make_optimizers(model, settings)
        averaging = settings["averaging"]
        self.average = averaging and ExponentialAverage(model.parameters(), averaging["decay"])

    def loss(self, x, targets):
        """Mean over characters, with label smoothing."""
        logits, smoothing = self.model(x), self.settings["labelSmoothing"]
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, label_smoothing=smoothing)

    def step(self, batch, learning_rate):
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        self.loss(*batch).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings["clipNorm"])
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = learning_rate
            optimizer.step()
        if self.average:
            self.average.update()


def check(training, names, job):
    model = training.model.eval()  # no dropout
    here = {name: index for index, (name, _) in enumerate(model.named_parameters())}
    parameters = list(model.parameters())
    weights = read_safetensors(job["weights"])

    def parts(tensors):
        """In the order of the file of weights."""
        for name, part, count in map(names.get, weights):
            yield tensors[here[name]].chunk(count)[part]

    with torch.no_grad():
        for part, value in zip(parts(parameters), weights.values()):
            part.copy_(value)
    batches = [batch_of(texts, job["model"]["contextLength"]) for texts in job["batches"]]
    x, targets = batches[0]
    training.loss(x, targets).backward()
    write_floats(job["gradients"], parts([p.grad for p in parameters]))
    with torch.no_grad():  # without label smoothing
        nll = F.cross_entropy(model(x).flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum")
    if training.average:  # begins with these weights
        training.average = ExponentialAverage(parameters, training.average.decay)
    for batch, learning_rate in zip(batches, job["learningRates"]):
        training.step(batch, learning_rate)
    write_floats(job["updated"], parts(parameters))
    write_floats(job["average"], parts(training.average.average if training.average else parameters))
    return {"loss": nll.item() / len(x)}


def time_training(training, job):
    rate = job["training"]["learningRate"]
    training.model.train()
    batches = [batch_of(texts, job["model"]["contextLength"]) for texts in job["batches"]]
    seconds = time_steps(lambda batch: training.step(batch, rate), batches, job["warmUp"])
    return {"secondsPerStep": seconds, "peakMemoryBytes": peak_memory_bytes()}


job = read_job()
kind = {
    "plain": (plain_model.PlainTransformer, plain_model.letterpress_names),
    "modern": (modern_model.ModernTransformer, modern_model.letterpress_names),
}
make_model, make_names = kind[job["kind"]]
training = Training(make_model(job["model"]), job["training"])
if job["mode"] == "check":
    answer(check(training, make_names(job["model"]["layers"]), job))
else:
    answer(time_training(training, job))

"""A plain pre-norm transformer in PyTorch: a check of loss and gradients, or the seconds of a training step.

Job: shape {dModel, heads, layers, mlpRatio}, threads, mode.
  check: weights (safetensors), gradients (file to write), batch (texts as tokens)
  time:  batches, warmUp
"""
import torch

from common import PAD, answer, pad_texts, peak_memory_bytes, read_job, read_safetensors, time_steps, write_floats
from plain_model import PlainTransformer, letterpress_names

MAX_PREDICTIONS = 149


def batch_of(texts):
    """x, targets [texts, longest]: a text predicts its characters and one pad, the rest is ignored."""
    lengths = [min(len(text) + 1, MAX_PREDICTIONS) for text in texts]
    longest = max(lengths)
    x = pad_texts(texts, longest)
    targets = torch.full_like(x, PlainTransformer.IGNORED)
    for i, (text, length) in enumerate(zip(texts, lengths)):
        targets[i, :length] = torch.tensor((list(text) + [PAD])[:length])
    return x, targets


def part_of(tensor, part):
    return tensor if part is None else tensor.chunk(3)[part]


def check(model, names, job):
    weights = read_safetensors(job["weights"])
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in weights.items():
            here, part = names[name]
            part_of(parameters[here], part).copy_(value)
    x, targets = batch_of(job["batch"])
    loss = model(x, targets)
    loss.backward()
    write_floats(job["gradients"], [part_of(parameters[here].grad, part) for here, part in map(names.get, weights)])
    characters = (targets != PlainTransformer.IGNORED).sum().item()
    return {"loss": loss.item() * characters / len(job["batch"])}


def time_training(model, job):
    optimizer = model.optimizer()

    def step(batch):
        loss = model(*batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    batches = [batch_of(texts) for texts in job["batches"]]
    seconds = time_steps(step, batches, job["warmUp"])
    return {"secondsPerStep": seconds, "peakMemoryBytes": peak_memory_bytes()}


job = read_job()
shape = job["shape"]
model = PlainTransformer(shape["dModel"], shape["heads"], shape["layers"], shape["mlpRatio"])
if job["mode"] == "check":
    answer(check(model, letterpress_names(shape["layers"]), job))
else:
    answer(time_training(model, job))

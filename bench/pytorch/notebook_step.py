"""The notebook's model in PyTorch: a check of loss and gradients, or the seconds of a training step.

Job: reference (folder of notebook_model.py), shape {mlpRatio, heads, layers, dModel}, threads, mode.
  check: weights (safetensors), gradients (file to write), batch (texts as tokens), padding
  time:  batches, warmUp
"""
import sys

import torch
import torch.nn.functional as F

from common import answer, pad_texts, peak_memory_bytes, read_job, read_safetensors, time_steps, write_floats

CONTEXT_LENGTH = 150


def loss_per_text(model, texts, padding):
    """Mean over texts of -log p, over all positions or as far as the first pad."""
    x = pad_texts(texts, CONTEXT_LENGTH)
    log_probs = model.log_probs(x)[:, :-1]
    nll = F.nll_loss(log_probs.reshape(-1, log_probs.shape[-1]), x[:, 1:].reshape(-1), reduction="none")
    nll = nll.view(len(texts), CONTEXT_LENGTH - 1).double()
    if padding == "first":
        lengths = torch.tensor([len(text) for text in texts])
        nll = nll * (torch.arange(CONTEXT_LENGTH - 1)[None] <= lengths[:, None])
    return nll.sum(1).mean()


def check(model, job):
    weights = read_safetensors(job["weights"])
    model.load_state_dict(weights)
    model.eval()  # no dropout
    loss = loss_per_text(model, job["batch"], job["padding"])
    loss.backward()
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    write_floats(job["gradients"], [gradients[name] for name in weights])
    return {"loss": loss.item()}


def time_training(model, job):
    """The step of the reference's own script: all 150 tokens of each text."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)

    def step(tokens):
        loss = model(tokens)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    batches = [pad_texts(texts, CONTEXT_LENGTH) for texts in job["batches"]]
    seconds = time_steps(step, batches, job["warmUp"])
    return {"secondsPerStep": seconds, "peakMemoryBytes": peak_memory_bytes()}


job = read_job()
sys.path.insert(0, job["reference"])
from notebook_model import DecoderTransformer  # noqa: E402

shape = job["shape"]
model = DecoderTransformer(shape["mlpRatio"], shape["heads"], shape["layers"], shape["dModel"])
answer({"check": check, "time": time_training}[job["mode"]](model, job))

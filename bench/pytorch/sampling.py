"""Seconds in which the notebook's model in PyTorch draws texts of the full window, untrained.

Job: reference (folder of notebook_model.py), shape {neurons, heads, blocks, emb}, count, threads.
"""
import sys
import time

from common import answer, peak_memory_bytes, read_job

job = read_job()
sys.path.insert(0, job["reference"])
from notebook_model import DecoderTransformer  # noqa: E402

shape = job["shape"]
model = DecoderTransformer(shape["neurons"], shape["heads"], shape["blocks"], shape["emb"]).eval()
start = time.perf_counter()
tokens = model.sample(job["count"])
seconds = time.perf_counter() - start
assert tokens.shape == (job["count"], 150), tokens.shape
answer({"seconds": seconds, "peakMemoryBytes": peak_memory_bytes()})

"""Seconds that the notebook's model in PyTorch, untrained, takes to sample texts of the full context length.

Job: reference (folder of notebook_model.py), shape {mlpRatio, heads, layers, dModel}, count, threads.
"""
import sys
import time

from common import answer, peak_memory_bytes, read_job

job = read_job()
sys.path.insert(0, job["reference"])
from notebook_model import DecoderTransformer  # noqa: E402

shape = job["shape"]
model = DecoderTransformer(shape["mlpRatio"], shape["heads"], shape["layers"], shape["dModel"]).eval()
start = time.perf_counter()
tokens = model.sample(job["count"])
seconds = time.perf_counter() - start
assert tokens.shape == (job["count"], 150), tokens.shape
answer({"seconds": seconds, "peakMemoryBytes": peak_memory_bytes()})

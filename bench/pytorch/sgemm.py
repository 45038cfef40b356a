"""Speed of PyTorch's matrix product in float32: 1024 x 1024 x 1024, the fastest of many. Job: threads."""
import time

import torch

from common import answer, read_job

SIZE, SECONDS = 1024, 1.5

read_job()
a, b, out = (torch.randn(SIZE, SIZE) for _ in range(3))
best, start = float("inf"), time.perf_counter()
while time.perf_counter() - start < SECONDS:
    begin = time.perf_counter()
    torch.mm(a, b, out=out)
    best = min(best, time.perf_counter() - begin)
answer({"gflops": 2 * SIZE**3 / best / 1e9})

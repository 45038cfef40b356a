"""What updates the weights in Letterpress's recipes, from its training settings: AdamW, Muon, and their EMA."""
import math

import torch


def make_optimizers(model, settings):
    """AdamW with decay on matrices and embeddings only; with Muon for the matrices inside blocks, where it is asked."""
    options = settings["optimizer"]
    assert options["decayOn"] == "matrices", options
    matrices = list(model.matrices()) if options["kind"] == "muon" else []
    muons = {id(matrix) for matrix, _ in matrices}
    rest = [p for p in model.parameters() if id(p) not in muons]
    groups = [
        {"params": [p for p in rest if p.dim() >= 2], "weight_decay": options["weightDecay"]},
        {"params": [p for p in rest if p.dim() < 2], "weight_decay": 0.0},
    ]
    betas = (options["beta1"], options["beta2"])
    adamw = torch.optim.AdamW(groups, lr=0.0, betas=betas, eps=options["epsilon"], foreach=True)
    return [adamw, Muon(matrices, options["weightDecay"])] if matrices else [adamw]


def orthogonalize(x):
    """Five Newton-Schulz iterations of each matrix of x [matrices, rows, columns], where rows <= columns."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = x / (x.flatten(1).norm(dim=1).view(-1, 1, 1) + 1e-7)
    for _ in range(5):
        gram = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


class Muon(torch.optim.Optimizer):
    """Muon with Nesterov momentum, scaled to AdamW's updates. Matrices of one shape are one batch; tall ones are
    transposed, so that they share the batch and the smaller Gram matrix of wide ones."""

    MOMENTUM, UPDATE_SIZE = 0.95, 0.2

    def __init__(self, matrices, weight_decay):
        """matrices: parameters, and how many matrices are packed into each, one below the other."""
        super().__init__([parameter for parameter, _ in matrices], {"lr": 0.0, "weight_decay": weight_decay})
        self.batches = {}
        for parameter, count in matrices:
            for part, weight in enumerate(parameter.detach().chunk(count)):
                batch = self.batches.setdefault(tuple(sorted(weight.shape)), {"from": [], "weights": []})
                batch["from"].append((parameter, count, part))
                batch["weights"].append(self.wide(weight))
        for shape, batch in self.batches.items():
            batch["momentum"] = torch.zeros(len(batch["weights"]), *shape)

    @staticmethod
    def wide(matrix):
        return matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T

    @torch.no_grad()
    def step(self):
        (group,) = self.param_groups
        rate = group["lr"]
        for (_, longer), batch in self.batches.items():
            momentum, weights = batch["momentum"], batch["weights"]
            gradients = torch.stack([self.wide(p.grad.chunk(count)[part]) for p, count, part in batch["from"]])
            momentum.mul_(self.MOMENTUM).add_(gradients)
            directions = orthogonalize(gradients.add_(momentum, alpha=self.MOMENTUM))
            torch._foreach_mul_(weights, 1 - rate * group["weight_decay"])
            torch._foreach_add_(weights, directions.unbind(), alpha=-rate * self.UPDATE_SIZE * math.sqrt(longer))


class ExponentialAverage:
    """EMA of the weights; the decay is less at first, so that the starting weights are soon forgotten."""

    def __init__(self, parameters, decay):
        self.weights = [p.detach() for p in parameters]
        self.average = [weight.clone() for weight in self.weights]
        self.decay, self.step = decay, 0

    @torch.no_grad()
    def update(self):
        decay = min(self.decay, (1 + self.step) / (10 + self.step))
        torch._foreach_mul_(self.average, decay)
        torch._foreach_add_(self.average, self.weights, alpha=1 - decay)
        self.step += 1

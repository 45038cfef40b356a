import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** Options by the names that they have in PyTorch, Hugging Face's trainer and nanoGPT. */
const OTHER_NAMES = {
  '--alphabet': 'vocab vocabulary charset',
  '--backend': 'device',
  '--batch': 'batch-size per-device-train-batch-size train-batch-size bs',
  '--context-length': 'block-size max-length max-seq-length seq-len n-positions max-position-embeddings window',
  '--count': 'num-samples n-samples num-return-sequences samples',
  '--d-model': 'n-embd embed-dim hidden-size hidden-dim emb width dim',
  '--data': 'dataset dataset-name data-dir input train-file',
  '--dropout': 'drop dropout-rate hidden-dropout-prob',
  '--epochs': 'num-epochs n-epochs num-train-epochs max-epochs',
  '--force': 'overwrite overwrite-output-dir',
  '--heads': 'n-head n-heads num-heads num-attention-heads',
  '--layers': 'n-layer n-layers num-layers num-hidden-layers depth blocks',
  '--limit': 'max-train-samples max-samples',
  '--lr': 'learning-rate max-lr init-lr',
  '--mlp-ratio': 'intermediate-size d-ff dim-feedforward ffn',
  '--out': 'output output-dir out-dir save save-dir',
  '--precision': 'dtype fp16 bf16 amp',
  '--resume': 'resume-from-checkpoint checkpoint continue',
  '--seed': 'random-seed manual-seed data-seed',
  '--set training.averaging.decay=…': 'ema ema-decay',
  '--set training.clipNorm=…': 'grad-clip max-grad-norm clip clip-norm gradient-clip-val',
  '--set training.labelSmoothing=…': 'label-smoothing label-smoothing-factor',
  '--set training.optimizer.beta1=…': 'beta1 adam-beta1',
  '--set training.optimizer.beta2=…': 'beta2 adam-beta2',
  '--set training.optimizer.kind=…': 'optimizer optim',
  '--set training.optimizer.weightDecay=…': 'weight-decay wd',
  '--set training.patience=…': 'patience early-stopping-patience',
  '--set training.schedule.kind=…': 'lr-scheduler-type scheduler lr-schedule',
  '--set training.schedule.warmupSteps=…': 'warmup-steps warmup warmup-iters',
  '--temperature': 'temp',
  '--threads': 'num-threads num-workers workers jobs',
};

/** Commander's message with the option of `command` that is meant: for another program's option, or a file of texts. */
export function nameOption(message: string, command: CommandUnknownOpts): string {
  const commands = [command, ...command.commands];
  const [, extended] = /too many arguments for '([^']+)'/.exec(message) ?? [];
  const takesData = commands.find((each) => each.name() === extended)?.options.some(({ long }) => long === '--data');
  if (takesData === true) return `${message}(Texts are named by --data.)\n`;
  const [, given] = /unknown option '--([^'=]+)/.exec(message) ?? [];
  const word = given?.toLowerCase().replaceAll('_', '-');
  const found = Object.entries(OTHER_NAMES).find(([, names]) => word !== undefined && names.split(' ').includes(word));
  const known = commands.flatMap(({ options }) => options.map(({ long }) => long));
  if (found === undefined || !known.includes(found[0].split(' ')[0])) return message;
  return `${message.split('\n')[0]!}\n(Did you mean ${found[0]}?)\n`;
}

// Is PyTorch's BLAS library fit for this processor? OpenBLAS falls back to kernels of old processors on those that it
// does not know, and every ratio would be wrong.
import { chooseBackend } from '../../dist/index.js';
import { runPython } from './children.mjs';
import { formatNumber, formatPercent } from './internals.mjs';
import { progress } from './output.mjs';

/** Core types that OpenBLAS may have, for OPENBLAS_CORETYPE. */
const CORE_TYPES = {
  x64: ['SapphireRapids', 'SkylakeX', 'Zen', 'Haswell', 'Sandybridge'],
  arm64: ['NEOVERSEV1', 'NEOVERSEN2', 'NEOVERSEN1', 'ARMV8'],
};

/** Of the peak of Letterpress's register tile, that PyTorch's matrix product has to reach. */
const MIN_SHARE = 0.75;

/** A thread may lose its core for the whole of one measurement. */
const PEAK_MEASUREMENTS = 4;
const PEAK_MILLISECONDS = 100;

/**
 * Measures PyTorch's matrix product, with other core types if the one that OpenBLAS takes is slow, and tells the
 * fastest.
 *
 * @param tools in place of the real ones, for tests: sgemm(threads, core) and peak(threads), in GFLOP/s; coreTypes
 * @throws where even the fastest is slow, unless `anyBlas`
 */
export function chooseBlas({ python, threadCounts, anyBlas }, tools = realTools(python)) {
  const peaks = new Map();
  const measure = (core) => ({
    core,
    sgemm: threadCounts.map((threads) => {
      // The largest of the run: other programs only make it smaller.
      peaks.set(threads, Math.max(peaks.get(threads) ?? 0, tools.peak(threads)));
      return { threads, gflops: tools.sgemm(threads, core) };
    }),
  });
  const isSlow = ({ sgemm }) => sgemm.some(({ threads, gflops }) => !(gflops >= MIN_SHARE * peaks.get(threads)));
  const fastestOf = ({ sgemm }) => Math.max(...sgemm.map(({ gflops }) => gflops));
  const tried = [measure(undefined)];
  if (isSlow(tried[0])) tried.push(...tools.coreTypes.map(measure));
  const best = tried.reduce((a, b) => (fastestOf(b) > fastestOf(a) ? b : a));
  const sgemm = best.sgemm.map((each) => ({ ...each, share: each.gflops / peaks.get(each.threads) }));
  const blas = { ...best, sgemm, isSlow: isSlow(best), tried: tried.length, environment: environmentOf(best.core) };
  if (blas.isSlow && !anyBlas) {
    throw new Error(
      `${formatBlas(blas)}. That is too slow for a fair comparison. ` +
        'Install a BLAS library that knows this processor, stop other programs, or pass --any-blas.',
    );
  }
  return blas;
}

/** What was found, in one line. */
export function formatBlas({ core, sgemm, isSlow, tried }) {
  const each = sgemm.map(
    ({ threads, gflops, share }) => `${formatNumber(gflops, 1)} GFLOP/s on ${threads} (${formatPercent(share)})`,
  );
  const type = core ? `, OPENBLAS_CORETYPE=${core}` : '';
  const found = `PyTorch's sgemm of 1024³${type}: ${each.join(', ')} threads (of the register tile's peak)`;
  if (!isSlow) return found;
  return `${found}; expected ${formatPercent(MIN_SHARE)}, found too little with ${tried} core types`;
}

/** The name of a core type for OpenBLAS; without one, it chooses by itself. */
const environmentOf = (core) => (core === undefined ? {} : { OPENBLAS_CORETYPE: core });

function realTools(python) {
  return {
    coreTypes: CORE_TYPES[process.arch] ?? [],
    peak(threads) {
      const { measurePeak } = chooseBackend({ choice: 'native', threads });
      const peaks = Array.from({ length: PEAK_MEASUREMENTS }, () => measurePeak(PEAK_MILLISECONDS, 'f32'));
      return Math.max(...peaks) / 1e9;
    },
    sgemm(threads, core) {
      progress(`sgemm, ${threads} threads${core ? `, ${core}` : ''}`);
      try {
        const all = { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
        return runPython(python, 'sgemm', { threads }, { ...all, ...environmentOf(core) }).gflops;
      } catch (error) {
        if (core === undefined) throw error;
        return 0; // a core type with instructions that this processor lacks
      }
    },
  };
}

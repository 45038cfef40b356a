/** Works that a report cites: only those that are cited in it are listed at its end. */
import type { Block, Inline } from '../../render/document.js';
import { inlinesOf, textsOf } from '../../render/outline.js';
import { bullets, chapter } from '../writing/blocks.js';

const WORKS = {
  'Ba et al., 2016': 'J. L. Ba, J. R. Kiros and G. E. Hinton, Layer normalization, 2016. arXiv:1607.06450.',
  'Chen and Goodman, 1999':
    'S. F. Chen and J. Goodman, An empirical study of smoothing techniques for language modeling. Computer Speech & ' +
    'Language 13(4), 1999.',
  'Haviv et al., 2022':
    'A. Haviv, O. Ram, O. Press, P. Izsak and O. Levy, Transformer language models without positional encodings ' +
    'still learn positional information. Findings of EMNLP, 2022. arXiv:2203.16634.',
  'Kazemnejad et al., 2023':
    'A. Kazemnejad, I. Padhi, K. N. Ramamurthy, P. Das and S. Reddy, The impact of positional encoding on length ' +
    'generalization in transformers. NeurIPS, 2023. arXiv:2305.19466.',
  'Loshchilov and Hutter, 2019':
    'I. Loshchilov and F. Hutter, Decoupled weight decay regularization. ICLR, 2019. arXiv:1711.05101.',
  'Press and Wolf, 2017':
    'O. Press and L. Wolf, Using the output embedding to improve language models. EACL, 2017. arXiv:1608.05859.',
  'Shazeer, 2020': 'N. Shazeer, GLU variants improve transformer, 2020. arXiv:2002.05202.',
  'Su et al., 2021':
    'J. Su, Y. Lu, S. Pan, A. Murtadha, B. Wen and Y. Liu, RoFormer: Enhanced transformer with rotary position ' +
    'embedding, 2021. arXiv:2104.09864.',
  'Vaswani et al., 2017':
    'A. Vaswani, N. Shazeer, N. Parmar, J. Uszkoreit, L. Jones, A. N. Gomez, Ł. Kaiser and I. Polosukhin, Attention ' +
    'is all you need. NeurIPS, 2017. arXiv:1706.03762.',
  'Williams and Zipser, 1989':
    'R. J. Williams and D. Zipser, A learning algorithm for continually running fully recurrent neural networks. ' +
    'Neural Computation 1(2), 1989.',
  'Witten and Bell, 1991':
    'I. H. Witten and T. C. Bell, The zero-frequency problem: estimating the probabilities of novel events in ' +
    'adaptive text compression. IEEE Transactions on Information Theory 37(4), 1991.',
} as const;

const PLACE = '#references';

/** @example prose`… (${cite('Haviv et al., 2022')}).` */
export function cite(work: keyof typeof WORKS): Inline {
  return { link: PLACE, text: work };
}

/** The works that some blocks cite, by author. */
export function referencesChapter(blocks: readonly Block[]): Block[] {
  const cited = new Set(
    blocks
      .flatMap(textsOf)
      .flatMap(inlinesOf)
      .flatMap((inline) =>
        typeof inline === 'object' && 'link' in inline && inline.link === PLACE ? inline.text : [],
      ),
  );
  const listed = Object.entries(WORKS).flatMap(([work, text]) => (cited.has(work) ? text : []));
  return listed.length === 0 ? [] : [chapter('references', 'References'), bullets(...listed)];
}

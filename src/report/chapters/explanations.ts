import { cosineMatrix, highestChanceCosine, setSimilarity } from '../../statistics/similarity.js';
import { principalComponents } from '../../statistics/principal-components.js';
import type { Inspection } from '../../runs/analysis-schema.js';
import type { Block } from '../../render/document.js';
import { heatMapFigure } from '../../figures/heat-map.js';
import { chapter, codeExcerpt, figure, formula, headed, listed, paragraph, section } from '../writing/blocks.js';
import { counted, decimal, percent, three, whole } from '../writing/numbers.js';
import { prose } from '../writing/prose.js';
import { questionTitle, shownToken, tokenNote, type ReportContext, type Subject } from './context.js';
import { explainAblations } from './ablations.js';
import { explainPositions } from './explain-positions.js';
import { explainSampling, explainSlicing } from './explain-sampling.js';
import { cite } from './references.js';

const VOWELS = ['a', 'e', 'i', 'o', 'u'];
const LATIN = Array.from('abcdefghijklmnopqrstuvwxyz');
const NAMED_PAIRS = 5;
/** Probability below which the similarity of the vowels is not called chance. */
const VOWEL_LEVEL = 0.01;
/** More characters than this make a map or a matrix that nobody can read. */
const MAX_SHOWN = 60;

type Part = (subject: Subject, context: ReportContext) => Block[];

/** The parts of question 1, each with the end of its heading’s id and its title. */
const PARTS: readonly (readonly [id: string, title: string, part: Part])[] = [
  ['embedding', 'the role of the embedding', explainEmbedding],
  ['positions', 'why positions', explainPositions],
  ['sampling', 'the sampling scheme', explainSampling],
  ['slicing', 'why the slicing', explainSlicing],
  ['ablations', 'each part taken away', explainAblations],
];

export function explanationsChapter(context: ReportContext): Block[] {
  const { subject } = context;
  if (subject === undefined) return [];
  return [
    chapter('explanations', questionTitle(context, '1', 'how the model works')),
    ...explainTextModel(subject),
    ...PARTS.flatMap(([id, title, part], i) =>
      headed(section(id, questionTitle(context, `1.${i + 1}`, title)), part(subject, context)),
    ),
  ];
}

function explainTextModel({ name, inspection, shape: { vocabulary, contextLength } }: Subject): Block[] {
  const predicted = contextLength - 1;
  const space = inspection?.tokens.includes(' ') === true ? ' (the space is one of them)' : '';
  const examples =
    inspection === undefined
      ? `No run has the file that examples are taken from (inspection.json); sizes are those of ${name}.`
      : `Examples and sizes are those of ${name} after its best epoch.`;
  return [
    paragraph(
      prose`A text is a sequence of tokens $x_0, x_1, \dots, x_T$ that fills the context length of ${contextLength}
        tokens, so $T = ${predicted}$. A token has one of $V = ${vocabulary}$ values:
        ${counted(vocabulary - 2, 'character')}${space}, _cls_, which begins every text ($x_0$ is always cls), and
        _pad_, which fills the rest; the first pad is the end of the text. By the chain rule, any distribution over such
        sequences is a product of simpler ones. An _autoregressive_ model computes these factors: from the preceding
        tokens one number $z_i$ (a _logit_) for each token value, and the softmax turns logits into probabilities:`,
    ),
    formula(
      String.raw`p(x) = \prod_{t=1}^{T} p(x_t \mid x_0, \dots, x_{t-1}), \qquad p(x_t = i \mid x_0, \dots, x_{t-1}) =
        \frac{e^{z_i}}{\sum_j e^{z_j}}`,
      'The probability of a text is the product, over its tokens, of the probability of each token given all ' +
        'preceding tokens; that of token value i is e to the power of its logit, over the sum of that for all values.',
    ),
    paragraph(
      prose`Training minimises the _negative log-likelihood_ (NLL) of the training texts, $-\ln p(x)$: the length of a
        text in an ideal code, in nats; divided by $\ln 2$ in bits. Long texts have higher NLLs than short ones, so
        figures are also given per character, where the end of the text counts as one: _bits per character_, and
        _perplexity_, $e$ to the power of the NLL per character. _Accuracy_ is the share of characters and ends for
        which the right token is the most probable one. The notebook’s _top-1_ is the same share of all
        $${predicted}$ positions; padding after the end is easy to predict, so it is much higher. ${examples}`,
    ),
  ];
}

function explainEmbedding(subject: Subject): Block[] {
  const { vocabulary, dModel, tiedEmbeddings, fixedEmbeddings } = subject.shape;
  const gradient = tiedEmbeddings
    ? prose`The same table makes the logits (${cite('Press and Wolf, 2017')}): the logit of a character is the product
        of its row with the output of the last block, plus a bias. So every text changes all rows.`
    : ['The gradient of a text reaches only the rows of the tokens that occur in it.'];
  return [
    paragraph(
      prose`A token value is a number without meaning: that one character is 1 and another is 2 does not make the second
        twice the first. The _embedding layer_ gives each token value a vector of $D$ numbers instead, a row of a table
        $E$. Looking up a row is the same as multiplying by a _one-hot_ vector, which is 1 at the token’s place and 0
        elsewhere:`,
    ),
    formula(
      String.raw`\mathbf{e}_t = E_{x_t} = \mathbf{1}_{x_t}^{\top} E, \qquad E \in \mathbb{R}^{V \times D}`,
      'The embedding of the token at position t is the row of the table E that belongs to the token; E has V ' +
        'rows and D columns.',
    ),
    paragraph(
      prose`Here $V = ${vocabulary}$ and $D = ${dModel}$, so the table has $${vocabulary} \times ${dModel} =
        ${whole(vocabulary * dModel)}$ parameters. ${
          fixedEmbeddings
            ? ['The rows are random numbers, and in this model they stay so; usually they are trained.']
            : prose`The rows start as random numbers and are trained like all other weights. ${gradient}`
        } The model is not told which characters are alike, but if two occur in similar contexts, treating them alike
        lowers the NLL, and one way to do so is to give them similar vectors.`,
    ),
    codeExcerpt('embedding', 'The embedding in the sources, of tokens and, where they are learned, of positions.'),
    ...(subject.inspection === undefined ? [] : showCharacters(subject, subject.inspection)),
  ];
}

/** Probability that no pair is named where all vectors are random. */
const CHANCE_LEVEL = 0.95;

function showCharacters({ name, shape: { dModel } }: Subject, inspection: Inspection): Block[] {
  // Of cls only the first position is seen, and padding after the end is certain.
  const kept = inspection.tokens.flatMap((character, i) =>
    character === 'pad' || character === 'cls' ? [] : { character, vector: inspection.embedding[i]! },
  );
  if (kept.length < 3 || kept.length > MAX_SHOWN) return [];
  const characters = kept.map(({ character }) => character);
  const { coordinates } = principalComponents(kept.map(({ vector }) => vector));
  const order = characters.map((_, i) => i).sort((i, j) => coordinates[i]![0]! - coordinates[j]![0]!);
  const sorted = order.map((i) => shownToken(characters[i]!));
  const cosines = cosineMatrix(kept.map(({ vector }) => vector));
  const chance = highestChanceCosine(kept.length, dModel, CHANCE_LEVEL);
  const nearest = nearestWords(cosines, characters, chance);
  return [
    figure(
      'embedding-cosines',
      heatMapFigure({
        title: 'Similarity of the character embeddings',
        subtitle: `cosine similarity, ${name}`,
        names: sorted,
        axisTitle: 'character',
        // Each pair once, and without the ones of the diagonal.
        values: order.map((i, row) => order.map((j, column) => (column < row ? cosines[i]![j]! : NaN))),
        legendTitle: 'cosine',
      }),
      prose`Cosine similarity of the characters’ embeddings: 1 for the same direction, 0 for a right angle, −1 for
        opposite directions. Characters are sorted by their first principal component. Cosines between
        ${three(-chance)} and ${three(chance)} may be left over from the random initialisation: the most similar pair of
        ${kept.length} random vectors in ${dModel} dimensions stays below ${three(chance)} in
        ${percent(CHANCE_LEVEL, 0)} of cases.${tokenNote(sorted)}`,
      `Heat map of the cosine similarity of every pair of characters. ${nearest}`,
    ),
    paragraph([nearest, ...vowelWords(cosines, characters)].join(' ')),
  ];
}

/**
 * The most similar pairs that random vectors would not explain.
 *
 * @param chance below it the highest cosine of random vectors stays, see `highestChanceCosine`
 */
export function nearestWords(
  cosines: readonly (readonly number[])[],
  characters: readonly string[],
  chance: number,
): string {
  const pairs = cosines
    .flatMap((row, i) =>
      row.slice(0, i).map((cosine, j) => ({ first: characters[j]!, second: characters[i]!, cosine })),
    )
    .sort((a, b) => b.cosine - a.cosine);
  const named = pairs
    .filter(({ cosine }) => cosine > chance)
    .slice(0, NAMED_PAIRS)
    .map(({ first, second, cosine }) => `${shownToken(first)} and ${shownToken(second)} (${three(cosine)})`);
  if (named.length === 0) {
    const highest = three(pairs[0]?.cosine);
    return `No pair of characters is more similar than chance explains: the highest cosine is ${highest}.`;
  }
  return named.length === 1
    ? `One pair is more similar than chance explains: ${named[0]!}.`
    : `The most similar pairs, all beyond what chance explains, are ${listed(named)}.`;
}

/** Whether the vowels are more similar than other characters; only for an alphabet that has a to z. */
function vowelWords(cosines: readonly (readonly number[])[], characters: readonly string[]): string[] {
  const places = LATIN.map((letter) => characters.indexOf(letter));
  if (places.includes(-1)) return [];
  const among = places.map((i) => places.map((j) => cosines[i]![j]!));
  const { within, across, sets, asHigh } = setSimilarity(
    among,
    VOWELS.map((vowel) => LATIN.indexOf(vowel)),
  );
  const verdict =
    asHigh / sets < VOWEL_LEVEL
      ? 'So the model has learned from the texts alone that the vowels belong together.'
      : 'So there is no evidence that the model treats the vowels as a group.';
  return [
    `Two vowels have a mean cosine of ${decimal(within, 2)}, a vowel and a consonant ${decimal(across, 2)}; of ` +
      `all ${whole(sets)} sets of five letters, ${whole(asHigh)} ` +
      `${asHigh === 1 ? 'has' : 'have'} a mean cosine at least as high as that of the vowels (themselves included).`,
    verdict,
  ];
}

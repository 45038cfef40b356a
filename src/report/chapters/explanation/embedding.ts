import { cosineMatrix, setSimilarity } from '../../../statistics/similarity.js';
import { principalComponents } from '../../../statistics/principal-components.js';
import type { Inspection } from '../../../runs/analysis-schema.js';
import type { Block, Text } from '../../../render/document.js';
import { heatMapFigure, mapFigure } from '../../../figures/index.js';
import { figure, formula, listed, paragraph, section } from '../../writing/blocks.js';
import { decimal, percent, whole } from '../../writing/numbers.js';
import { prose } from '../../writing/prose.js';
import { SHOWN_TOKENS, shownToken, type Subject } from './subject.js';

const UNTIED = 'The gradient of a text reaches only the rows of the characters that occur in it.';
const TIED =
  'The same table makes the logits at the other end: the logit of a character is the product of its row with what the last block gives, plus a bias. So every text moves all rows.';

const VOWELS = ['a', 'e', 'i', 'o', 'u'];
const LATIN = Array.from('abcdefghijklmnopqrstuvwxyz');
/** Pairs of characters that the text names. */
const NAMED_PAIRS = 5;
/** A probability below which the likeness of the vowels is not called luck. */
const LEVEL = 0.01;
/** More characters than this make a map or a matrix that nobody can read. */
const MAX_SHOWN = 60;

/** What the embedding layer does, and what the trained model made of its characters. */
export function explainEmbedding(subject: Subject): Block[] {
  const { vocabulary, dModel, tiedEmbeddings } = subject.shape;
  const blocks: Block[] = [
    section('embedding', 'The embedding layer'),
    paragraph(
      prose`A token is a number without meaning: that ${'a'} is 1 and ${'b'} is 2 does not make ${'b'} twice as much as ${'a'}. The
        _embedding layer_ gives each token value a vector of $D$ numbers instead. It is a table $E$ with one row for each of
        the $V$ token values, and looking up a row is the same as multiplying with a vector that has a single 1 at the token’s place:`,
    ),
    formula(
      String.raw`\mathbf{e}_t = E_{x_t} = \mathbf{1}_{x_t}^{\top} E, \qquad E \in \mathbb{R}^{V \times D}`,
      'The embedding of the token at position t is the row of the table E that belongs to the token; E has V rows and D columns.',
    ),
    paragraph(
      prose`The rows begin as random numbers and are trained like every other weight. ${tiedEmbeddings ? TIED : UNTIED} Nobody tells the model what a vowel is; but if two characters are followed by similar characters, treating them
        alike lowers the NLL, and rows that point in similar directions are the simplest way to treat them alike. Here $V = ${vocabulary}$
        and $D = ${dModel}$, so the table has $${vocabulary} \times ${dModel} = ${whole(vocabulary * dModel)}$ numbers.`,
    ),
  ];
  if (subject.inspection !== undefined) blocks.push(...showCharacters(subject, subject.inspection));
  return blocks;
}

function showCharacters({ name, shape: { dModel }, conclusive }: Subject, { tokens, embedding }: Inspection): Block[] {
  // Of cls only the first position is ever seen, and pads behind the end are certain: characters are what is of interest.
  const characters = tokens
    .map((token, i) => ({ token, vector: embedding[i]! }))
    .filter(({ token }) => token !== 'pad' && token !== 'cls');
  if (characters.length < 3 || characters.length > MAX_SHOWN) return [];
  const { coordinates, shares } = principalComponents(characters.map(({ vector }) => vector));
  // Characters that are alike stand together when sorted along the direction in which they differ most.
  const order = characters.map((_, i) => i).sort((i, j) => coordinates[i]![0]! - coordinates[j]![0]!);
  const sorted = order.map((i) => shownToken(characters[i]!.token));
  const cosines = cosineMatrix(characters.map(({ vector }) => vector));
  const shared = shares.reduce((sum, share) => sum + share, 0);
  return [
    figure(
      'embedding-cosines',
      heatMapFigure({
        title: 'How alike the characters are to the model',
        subtitle: `cosine similarity of their embeddings, ${name}`,
        rows: sorted,
        columns: sorted,
        // Each pair once, and without the ones of the diagonal.
        values: order.map((i, row) => order.map((j, column) => (column < row ? cosines[i]![j]! : NaN))),
        xTitle: 'character',
        yTitle: 'character',
        legendTitle: 'cosine',
        diverging: true,
      }),
      prose`Cosine similarity of the characters' embeddings: 1 for the same direction, 0 for a right angle, −1 for opposite directions. Characters
        are sorted by their first principal component, so that like stands by like. Two directions drawn at random in
        ${dModel} dimensions have a cosine of 0 ± ${decimal(1 / Math.sqrt(dModel), 2)} (one standard deviation), so pale cells may be what is left of
        the random start. ${SHOWN_TOKENS.split(',')[0]!}.`,
      `Heat map of the cosine similarity of every pair of characters. ${nearestWords(cosines, characters)}`,
    ),
    figure(
      'embedding-map',
      mapFigure({
        title: 'The characters on a map',
        subtitle: `first two principal components of their embeddings, ${name}`,
        points: characters.map(({ token }, i) => ({
          label: shownToken(token),
          x: coordinates[i]![0]!,
          y: coordinates[i]![1]!,
          group: VOWELS.includes(token) ? 'vowel' : LATIN.includes(token) ? 'consonant' : 'other',
        })),
        xTitle: `first component (${percent(shares[0], 0)} of the variance)`,
        yTitle: `second component (${percent(shares[1], 0)} of the variance)`,
      }),
      prose`The same embeddings seen from the two directions in which they differ most (their principal components). The plane holds
        ${percent(shared, 0)} of the variance; the rest lies in the other ${dModel - 2} dimensions, so characters that are neighbours here need not
        be alike.`,
      `Map of the characters in the plane of the first two principal components, which hold ${percent(shared, 0)} of the variance.`,
    ),
    paragraph(describeCharacters(cosines, characters, conclusive)),
  ];
}

type Character = { readonly token: string };

function describeCharacters(cosines: number[][], characters: readonly Character[], conclusive: boolean): Text {
  const nearest = nearestWords(cosines, characters);
  const vowels = conclusive ? vowelWords(cosines, characters) : '';
  return vowels === '' ? nearest : `${nearest} ${vowels}`;
}

/** The pairs that are most alike. */
function nearestWords(cosines: number[][], characters: readonly Character[]): string {
  const pairs = cosines
    .flatMap((row, i) => row.slice(0, i).map((cosine, j) => ({ i: j, j: i, cosine })))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, NAMED_PAIRS);
  const named = pairs.map(
    ({ i, j, cosine }) =>
      `${shownToken(characters[i]!.token)} and ${shownToken(characters[j]!.token)} (${decimal(cosine, 2)})`,
  );
  return `The most similar pairs are ${listed(named)}.`;
}

/** Whether the vowels are more alike than other characters; only of an alphabet that has a to z. */
function vowelWords(cosines: number[][], characters: readonly Character[]): string {
  const places = LATIN.map((character) => characters.findIndex(({ token }) => token === character));
  if (places.includes(-1)) return '';
  const among = places.map((i) => places.map((j) => cosines[i]![j]!));
  const { within, across, sets, asHigh } = setSimilarity(
    among,
    VOWELS.map((vowel) => LATIN.indexOf(vowel)),
  );
  const figures =
    `Two vowels have a mean cosine of ${decimal(within, 2)}, a vowel and a consonant ${decimal(across, 2)}; ` +
    `of all ${whole(sets)} sets of five characters, ${whole(asHigh)} ${asHigh === 1 ? 'is' : 'are'} at least as alike as the vowels, these included.`;
  return asHigh / sets < LEVEL
    ? `${figures} So the model has found out that the vowels belong together, from the texts alone.`
    : `${figures} So nothing shows that the model treats the vowels as a kind of their own.`;
}

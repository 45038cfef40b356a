// Trains a small model, mixes it with an n-gram model, and compares the three. Run: node examples/mix-with-ngram.mjs
import { fitKneserNey, gazette, meanNll, mixModels, trainModel } from 'letterpress';

const corpus = gazette({ sizes: { train: 1000, val: 200, test: 200 } });
const { splits } = corpus;
const { model } = await trainModel({ corpus, epochs: 20 });

// The weights are learned on the validation texts; the training texts are counted.
const { mixture } = mixModels({ models: [model], splits, order: 6 });

const encode = (texts) => texts.map((text) => model.tokenizer.encode(text));
const ngram = fitKneserNey(encode(splits.train), { order: 6, vocabulary: 29, contextLength: 150 });
console.log('transformer', model.evaluate(splits.test).nll); // nats per text
console.log('ngram', meanNll(ngram, encode(splits.test)));
console.log('mixture', mixture.evaluate(splits.test).nll);
console.log(mixture.sample({ count: 3, temperature: 0.8 }));

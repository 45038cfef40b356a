// Trains a small model on an array of strings and writes new ones. Run: node examples/train-on-strings.mjs
import { trainModel } from 'letterpress';

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const skies = ['sunny', 'cloudy', 'rainy', 'foggy', 'windy'];
const winds = ['a light breeze', 'no wind at all', 'strong gusts'];
const texts = days.flatMap((day) => skies.flatMap((sky) => winds.map((wind) => `${day} ${sky} with ${wind}`)));

const { model, best, test } = await trainModel({
  corpus: texts,
  epochs: 40,
  batch: 8,
  onEvent: (event) => event.kind === 'epoch' && console.log(event.report.epoch, event.report.valNll.toFixed(2)),
});
console.log(`best epoch ${best.epoch}, test NLL ${test.nll.toFixed(2)} nats per text`);
console.log(model.sample({ count: 5, temperature: 0.8 }));
console.log(model.score(['friday sunny with strong gusts', 'friday sunny with strong cheese']).nll);

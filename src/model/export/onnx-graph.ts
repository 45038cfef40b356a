import { ProtoMessage } from '../../protobuf.js';

/** Intermediate representation 8 and operator set 17 (2022): read by every runtime of the last years. */
const IR_VERSION = 8;
const OPSET = 17;

/** TensorProto.DataType. */
const ELEMENT_TYPES = { float32: 1, int64: 7 } as const;
type ElementType = keyof typeof ELEMENT_TYPES;

/** A size, or the name of one that is known only when the model runs. */
type Dimension = number | string;
type Attribute = number | readonly number[] | { readonly float: number };

/** Names a value of the graph: an input, an initializer, or a node's output. */
export type Value = string;

/**
 * An ONNX model under construction (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose field numbers these
 * are). Nodes are in the order of their making, which ONNX requires to be that of the data.
 */
export class OnnxGraph {
  private readonly graph = new ProtoMessage();
  private readonly constants = new Map<string, Value>();
  private nodes = 0;

  constructor(name: string) {
    this.graph.text(2, name);
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.graph.message(11, valueInfo(name, type, shape));
    return name;
  }

  /** Declares a value as an output of the model. */
  output(value: Value, shape: readonly Dimension[]): void {
    this.graph.message(12, valueInfo(value, 'float32', shape));
  }

  /** Numbers that the model keeps. */
  initializer(name: string, shape: readonly number[], data: Float32Array | BigInt64Array): Value {
    const tensor = new ProtoMessage()
      .each(shape, (message, size) => message.int(1, size))
      .int(2, ELEMENT_TYPES[data instanceof Float32Array ? 'float32' : 'int64'])
      .text(8, name)
      .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.graph.message(5, tensor);
    return name;
  }

  /** A list of whole numbers as a constant, written once. */
  integers(...values: readonly number[]): Value {
    return this.constant(`integers_${values.join('_')}`, (name) =>
      this.initializer(name, [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  /** A number as a constant without dimensions, written once. */
  scalar(value: number): Value {
    return this.constant(`scalar_${value}`, (name) => this.initializer(name, [], Float32Array.of(value)));
  }

  /** Adds a node. @param name of its output, by default one of its own */
  node(
    type: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name?: string,
  ): Value {
    const output = name ?? `${type.toLowerCase()}_${this.nodes}`;
    this.addNode(type, inputs, [output], attributes);
    return output;
  }

  /** Splits a value into parts of these sizes. */
  split(input: Value, sizes: readonly number[], axis: number): Value[] {
    const outputs = sizes.map((_, i) => `split_${this.nodes}_${i}`);
    this.addNode('Split', [input, this.integers(...sizes)], outputs, { axis });
    return outputs;
  }

  /** @param metadata free texts to store with the model */
  encode(producerVersion: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    return new ProtoMessage()
      .int(1, IR_VERSION)
      .text(2, 'letterpress')
      .text(3, producerVersion)
      .message(7, this.graph)
      .message(8, new ProtoMessage().text(1, '').int(2, OPSET))
      .each(Object.entries(metadata), (message, [key, value]) =>
        message.message(14, new ProtoMessage().text(1, key).text(2, value)),
      )
      .encode();
  }

  private addNode(
    type: string,
    inputs: readonly Value[],
    outputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const node = new ProtoMessage()
      .each(inputs, (message, input) => message.text(1, input))
      .each(outputs, (message, output) => message.text(2, output))
      .text(3, `${type}_${this.nodes++}`)
      .text(4, type)
      .each(Object.entries(attributes), (message, [key, value]) => message.message(5, attributeOf(key, value)));
    this.graph.message(1, node);
  }

  private constant(name: string, make: (name: string) => Value): Value {
    const found = this.constants.get(name) ?? make(name);
    this.constants.set(name, found);
    return found;
  }
}

function attributeOf(name: string, value: Attribute): ProtoMessage {
  const message = new ProtoMessage().text(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, 2); // INT
  if ('float' in value) return message.float(2, value.float).int(20, 1); // FLOAT
  return message.each(value, (each, item) => each.int(8, item)).int(20, 7); // INTS
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ProtoMessage {
  const dimensions = new ProtoMessage().each(shape, (message, size) =>
    message.message(1, typeof size === 'number' ? new ProtoMessage().int(1, size) : new ProtoMessage().text(2, size)),
  );
  const tensor = new ProtoMessage().int(1, ELEMENT_TYPES[type]).message(2, dimensions);
  return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
}

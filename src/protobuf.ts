/**
 * Protocol Buffers' wire format, as far as ONNX and TensorBoard need it: messages are written, never read
 * (https://protobuf.dev/programming-guides/encoding/). Safe for browsers.
 */

/** An encoded message, in pieces: large tensors are copied once, at the end. */
export class ProtoMessage {
  private readonly pieces: Uint8Array[] = [];
  private length = 0;

  /** A whole number, or true and false as 1 and 0. */
  int(field: number, value: number | bigint | boolean): this {
    return this.tag(field, 0).append(varint(BigInt(value)));
  }

  float(field: number, value: number): this {
    return this.tag(field, 5).append(new Uint8Array(littleEndian(4, (view) => view.setFloat32(0, value, true))));
  }

  double(field: number, value: number): this {
    return this.tag(field, 1).append(new Uint8Array(littleEndian(8, (view) => view.setFloat64(0, value, true))));
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, 2)
      .append(varint(BigInt(value.length)))
      .append(value);
  }

  message(field: number, { pieces, length }: ProtoMessage): this {
    this.tag(field, 2).append(varint(BigInt(length)));
    for (const piece of pieces) this.append(piece);
    return this;
  }

  /** The same field once for each value. */
  each<T>(values: Iterable<T>, add: (message: this, value: T) => void): this {
    for (const value of values) add(this, value);
    return this;
  }

  encode(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  private tag(field: number, wireType: number): this {
    return this.append(varint(BigInt((field << 3) | wireType)));
  }

  private append(piece: Uint8Array): this {
    this.pieces.push(piece);
    this.length += piece.length;
    return this;
  }
}

function littleEndian(bytes: number, write: (view: DataView) => void): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes);
  write(new DataView(buffer));
  return buffer;
}

/** Seven bits a byte, lowest first; negative numbers as 64-bit two's complement. */
function varint(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/// A block of a quantised GGUF tensor: what it takes in the file, and the numbers that it stands for.
///
/// Values are what ggml and the Python package `gguf` make of a block, in fp32 and in the same order of operations, so equal to the
/// bit. All of a block's fields are little-endian; none is aligned.
protocol GGUFBlock: Sendable {
  /// Numbers in a block.
  static var count: Int { get }
  /// Bytes of a block.
  static var byteCount: Int { get }

  /// Writes a block's `count` numbers.
  /// - Parameters:
  ///   - block: `byteCount` bytes.
  ///   - out: room for `count` numbers.
  static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>)

  /// Writes the numbers of many blocks, one after the other; nothing if there isn't room for all.
  /// - Parameters:
  ///   - start: `blocks` · `byteCount` bytes.
  ///   - out: memory of fp32 numbers.
  static func expand(_ blocks: Int, at start: UnsafeRawPointer, into out: UnsafeMutableRawBufferPointer)
}

extension GGUFBlock {
  static func expand(_ blocks: Int, at start: UnsafeRawPointer, into out: UnsafeMutableRawBufferPointer) {
    let out = out.assumingMemoryBound(to: Float.self)
    guard let to = out.baseAddress, out.count >= blocks * count else { return }
    let from = start.assumingMemoryBound(to: UInt8.self)
    for block in 0..<blocks { expand(from + block * byteCount, into: to + block * count) }
  }
}

extension UnsafePointer<UInt8> {
  /// The half-precision number in the two bytes at `offset`, exactly. `Float16` isn't there on every platform that Swift knows.
  @inline(__always)
  func half(at offset: Int) -> Float {
    let bits = UInt32(self[offset]) | UInt32(self[offset + 1]) << 8
    let sign = (bits & 0x8000) << 16
    let (exponent, fraction) = ((bits >> 10) & 0x1F, bits & 0x3FF)
    switch exponent {
    case 0:
      let small = Float(fraction) * 0x1p-24
      return sign == 0 ? small : -small
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}

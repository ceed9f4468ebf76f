/// ggml's first quantised types: blocks of 32 numbers that share a half-precision scale, and in the `_1` types a smallest value.
/// The low halves of 16 bytes are the first 16 numbers, the high halves the others; a fifth bit of each number has a place of its own.
enum GGUFLegacyBlocks {
  /// Scale, 32 signed bytes.
  enum Q8_0: GGUFBlock {
    static let (count, byteCount) = (32, 34)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (d, q) = (block.half(at: 0), block + 2)
      for i in 0..<32 { out[i] = Float(Int8(bitPattern: q[i])) * d }
    }
  }

  /// Scale, 32 numbers of four bits, 8 taken off each.
  enum Q4_0: GGUFBlock {
    static let (count, byteCount) = (32, 18)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (d, q) = (block.half(at: 0), block + 2)
      for i in 0..<16 {
        out[i] = d * Float(Int32(q[i] & 0xF) - 8)
        out[i + 16] = d * Float(Int32(q[i] >> 4) - 8)
      }
    }
  }

  /// Scale, smallest value, 32 numbers of four bits.
  enum Q4_1: GGUFBlock {
    static let (count, byteCount) = (32, 20)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (d, m, q) = (block.half(at: 0), block.half(at: 2), block + 4)
      for i in 0..<16 {
        out[i] = d * Float(Int32(q[i] & 0xF)) + m
        out[i + 16] = d * Float(Int32(q[i] >> 4)) + m
      }
    }
  }

  /// Scale, the fifth bits, 32 numbers of four bits; 16 taken off each.
  enum Q5_0: GGUFBlock {
    static let (count, byteCount) = (32, 22)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (d, high, q) = (block.half(at: 0), fifthBits(block + 2), block + 6)
      for i in 0..<16 {
        out[i] = d * Float(Int32(UInt32(q[i] & 0xF) | (high >> UInt32(i) & 1) << 4) - 16)
        out[i + 16] = d * Float(Int32(UInt32(q[i] >> 4) | (high >> UInt32(i + 16) & 1) << 4) - 16)
      }
    }
  }

  /// Scale, smallest value, the fifth bits, 32 numbers of four bits.
  enum Q5_1: GGUFBlock {
    static let (count, byteCount) = (32, 24)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (d, m, high, q) = (block.half(at: 0), block.half(at: 2), fifthBits(block + 4), block + 8)
      for i in 0..<16 {
        out[i] = d * Float(Int32(UInt32(q[i] & 0xF) | (high >> UInt32(i) & 1) << 4)) + m
        out[i + 16] = d * Float(Int32(UInt32(q[i] >> 4) | (high >> UInt32(i + 16) & 1) << 4)) + m
      }
    }
  }

  /// Bit i belongs to number i.
  @inline(__always)
  private static func fifthBits(_ bytes: UnsafePointer<UInt8>) -> UInt32 {
    UInt32(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self))
  }
}

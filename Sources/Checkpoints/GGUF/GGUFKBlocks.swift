/// ggml's K types: blocks of 256 numbers in groups of 16 or 32 with scales of their own, themselves quantised over the whole block.
enum GGUFKBlocks {
  /// 16 bytes with a group's scale below and its offset above, 64 bytes of two-bit numbers, scale and offset of the block.
  enum Q2_K: GGUFBlock {
    static let (count, byteCount) = (256, 84)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (q, d, dMin) = (block + 16, block.half(at: 80), block.half(at: 82))
      for group in 0..<16 {
        let (scale, offset) = (d * Float(Int32(block[group] & 0xF)), dMin * Float(Int32(block[group] >> 4)))
        let (from, to, shift) = (q + twoBitPlace(group), out + group * 16, twoBitShift(group))
        for i in 0..<16 { to[i] = scale * Float(Int32(from[i] >> shift & 3)) - offset }
      }
    }
  }

  /// 32 bytes of third bits (0 takes 4 off), 64 bytes of two-bit numbers, 16 scales of six bits, the block's scale.
  enum Q3_K: GGUFBlock {
    static let (count, byteCount) = (256, 110)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (q, scales, d) = (block + 32, block + 96, block.half(at: 108))
      for group in 0..<16 {
        let low = scales[group & 7] >> (group < 8 ? 0 : 4) & 0xF
        let high = scales[8 + group & 3] >> (UInt8(group >> 2) * 2) & 3
        let scale = d * Float(Int32(low | high << 4) - 32)
        let (from, to, shift) = (q + twoBitPlace(group), out + group * 16, twoBitShift(group))
        let (third, bit) = (block + (group & 1) * 16, UInt8(group >> 1))
        for i in 0..<16 { to[i] = scale * Float(Int32(from[i] >> shift & 3) + Int32(third[i] >> bit & 1) * 4 - 4) }
      }
    }
  }

  /// Scale and offset of the block, both of its 8 groups in six bits each, 128 bytes of four-bit numbers.
  enum Q4_K: GGUFBlock {
    static let (count, byteCount) = (256, 144)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (d, dMin, q) = (block.half(at: 0), block.half(at: 2), block + 16)
      for group in 0..<8 {
        let (scale, offset) = sixBits(block + 4, group)
        let (s, o) = (d * Float(scale), dMin * Float(offset))
        let (from, to, shift) = (q + (group >> 1) * 32, out + group * 32, UInt8(group & 1) * 4)
        for i in 0..<32 { to[i] = s * Float(Int32(from[i] >> shift & 0xF)) - o }
      }
    }
  }

  /// As `Q4_K`, with 32 bytes of fifth bits before the numbers.
  enum Q5_K: GGUFBlock {
    static let (count, byteCount) = (256, 176)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (d, dMin, fifth, q) = (block.half(at: 0), block.half(at: 2), block + 16, block + 48)
      for group in 0..<8 {
        let (scale, offset) = sixBits(block + 4, group)
        let (s, o) = (d * Float(scale), dMin * Float(offset))
        let (from, to, shift, bit) = (q + (group >> 1) * 32, out + group * 32, UInt8(group & 1) * 4, UInt8(group))
        for i in 0..<32 { to[i] = s * Float(Int32(from[i] >> shift & 0xF | (fifth[i] >> bit & 1) << 4)) - o }
      }
    }
  }

  /// 128 bytes of low four bits, 64 bytes of high two, 16 signed scales, the block's scale; 32 taken off each number.
  enum Q6_K: GGUFBlock {
    static let (count, byteCount) = (256, 210)

    @inline(__always)
    static func expand(_ block: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
      let (high, scales, d) = (block + 128, block + 192, block.half(at: 208))
      for group in 0..<16 {
        let scale = d * Float(Int32(Int8(bitPattern: scales[group])))
        let low = block + (group >> 3) * 64 + (group & 3) * 16
        let (lowShift, highShift) = (UInt8(group >> 2 & 1) * 4, twoBitShift(group))
        let (from, to) = (high + twoBitPlace(group), out + group * 16)
        for i in 0..<16 {
          to[i] = scale * Float(Int32(low[i] >> lowShift & 0xF | (from[i] >> highShift & 3) << 4) - 32)
        }
      }
    }
  }

  /// Where a group of 16 two-bit numbers begins: 32 bytes hold four times 32 numbers, a quarter of each byte at a time.
  @inline(__always)
  private static func twoBitPlace(_ group: Int) -> Int { (group >> 3) * 32 + (group & 1) * 16 }
  @inline(__always)
  private static func twoBitShift(_ group: Int) -> UInt8 { UInt8(group >> 1 & 3) * 2 }

  /// Scale and offset of one of 8 groups: six bits each in 12 bytes, those of the last four groups in two pieces.
  @inline(__always)
  private static func sixBits(_ packed: UnsafePointer<UInt8>, _ group: Int) -> (scale: Int32, offset: Int32) {
    if group < 4 { return (Int32(packed[group] & 0x3F), Int32(packed[group + 4] & 0x3F)) }
    let low = packed[group + 4]
    return (
      Int32(low & 0xF | packed[group - 4] >> 2 & 0x30), Int32(low >> 4 | packed[group] >> 2 & 0x30)
    )
  }
}

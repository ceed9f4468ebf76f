import LoRWeBTorch

/// How a GGUF file stores a tensor's numbers: plainly, or as quantised blocks along the last dimension.
public struct GGUFType: Sendable {
  enum Storage: Sendable {
    case plain(DType)
    case blocks(any GGUFBlock.Type)
  }

  /// ggml's name, such as `Q4_K`.
  public let name: String
  let storage: Storage

  /// The type in which tensors come out: the stored one; fp32 for blocks.
  public var dtype: DType { if case .plain(let dtype) = storage { dtype } else { .float32 } }
  public var isQuantised: Bool { if case .blocks = storage { true } else { false } }
  /// Numbers in a block; 1 for plain numbers.
  var blockCount: Int { if case .blocks(let block) = storage { block.count } else { 1 } }

  /// Bytes of a tensor of this shape in the file; nil if they, or those it has when it has been read, don't fit an `Int`.
  /// - Parameter shape: whole blocks.
  func byteCount(shape: [Int]) -> Int? {
    guard let read = dtype.byteCount(shape: shape) else { return nil }
    return if case .blocks(let block) = storage { read / dtype.size / block.count * block.byteCount } else { read }
  }

  /// The types that are read, by their numbers in a file.
  private static let read: [UInt32: GGUFType] = [
    0: GGUFType("F32", .plain(.float32)), 1: GGUFType("F16", .plain(.float16)), 30: GGUFType("BF16", .plain(.bfloat16)),
    28: GGUFType("F64", .plain(.float64)), 24: GGUFType("I8", .plain(.int8)), 25: GGUFType("I16", .plain(.int16)),
    26: GGUFType("I32", .plain(.int32)), 27: GGUFType("I64", .plain(.int64)),
    2: GGUFType("Q4_0", .blocks(GGUFLegacyBlocks.Q4_0.self)), 3: GGUFType("Q4_1", .blocks(GGUFLegacyBlocks.Q4_1.self)),
    6: GGUFType("Q5_0", .blocks(GGUFLegacyBlocks.Q5_0.self)), 7: GGUFType("Q5_1", .blocks(GGUFLegacyBlocks.Q5_1.self)),
    8: GGUFType("Q8_0", .blocks(GGUFLegacyBlocks.Q8_0.self)), 10: GGUFType("Q2_K", .blocks(GGUFKBlocks.Q2_K.self)),
    11: GGUFType("Q3_K", .blocks(GGUFKBlocks.Q3_K.self)), 12: GGUFType("Q4_K", .blocks(GGUFKBlocks.Q4_K.self)),
    13: GGUFType("Q5_K", .blocks(GGUFKBlocks.Q5_K.self)), 14: GGUFType("Q6_K", .blocks(GGUFKBlocks.Q6_K.self)),
  ]

  /// The types of ggml, past ones too, that aren't read.
  private static let unread: [UInt32: String] = [
    4: "Q4_2", 5: "Q4_3", 9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL",
    21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 29: "IQ1_M", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8", 34: "TQ1_0",
    35: "TQ2_0", 36: "IQ4_NL_4_4", 37: "IQ4_NL_4_8", 38: "IQ4_NL_8_8", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
  ]

  /// - Throws: `CheckpointError.entry` for a type that isn't read, by its name where it has one.
  init(number: UInt32, of tensor: String, file: String) throws {
    if let type = Self.read[number] {
      self = type
      return
    }
    guard let name = Self.unread[number] else {
      throw CheckpointError(
        .entry, file, expected: "a type of ggml's for tensor \(quoted(tensor))", found: "number \(number)",
        advice: "download the file again, or give one of the same model in Q8_0")
    }
    throw CheckpointError(
      .entry, file,
      "tensor \(quoted(tensor)) is stored as \(name), which isn't read here; "
        + "give the same model in Q2_K to Q6_K, Q4_0 to Q8_0, F16 or BF16")
  }

  private init(_ name: String, _ storage: Storage) { (self.name, self.storage) = (name, storage) }
}

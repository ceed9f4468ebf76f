import LoRWeBTorch

extension DType {
  /// All types with their names in a safetensors header, in the order in which the reference library (safetensors 0.8.0) lays
  /// tensors out: widest first, so that every tensor begins at a multiple of its element's size.
  private static let safetensorsOrder: [(dtype: DType, name: String)] = [
    (.uint64, "U64"), (.int64, "I64"), (.float64, "F64"), (.float32, "F32"), (.uint32, "U32"), (.int32, "I32"),
    (.bfloat16, "BF16"), (.float16, "F16"), (.uint16, "U16"), (.int16, "I16"), (.float8E4M3, "F8_E4M3"),
    (.float8E5M2, "F8_E5M2"), (.int8, "I8"), (.uint8, "U8"), (.bool, "BOOL"),
  ]

  /// Types of the format, as of safetensors 0.8.0, that no tensor here has.
  static let unsupportedSafetensorsNames: Set<String> = [
    "C64", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F6_E2M3", "F6_E3M2", "F4",
  ]

  /// All names, for error texts.
  static let safetensorsNames = safetensorsOrder.map(\.name).joined(separator: ", ")

  /// The type of a name in a safetensors header, such as `BF16`.
  init?(safetensorsName name: String) {
    guard let dtype = Self.safetensorsOrder.first(where: { $0.name == name })?.dtype else { return nil }
    self = dtype
  }

  /// The type's name in a safetensors header, such as `BF16`.
  public var safetensorsName: String { Self.safetensorsOrder[safetensorsRank].name }
  /// Place in the reference library's order of layout, 0 first.
  var safetensorsRank: Int { Self.safetensorsOrder.firstIndex { $0.dtype == self } ?? 0 }

  /// Bytes of a tensor of this shape; nil if a size is negative or the sizes multiplied don't fit an `Int`.
  ///
  /// Sizes of 0 count as 1 in this check, because strides are multiplied that way.
  func byteCount(shape: [Int]) -> Int? {
    var span = size
    for side in shape {
      let (product, overflow) = span.multipliedReportingOverflow(by: max(side, 1))
      if overflow || side < 0 { return nil }
      span = product
    }
    return shape.contains(0) ? 0 : span
  }
}

/// An element type; raw values are c10::ScalarType's.
public enum DType: Int32, Sendable, Hashable, CaseIterable {
  case uint8 = 0
  case int8 = 1
  case int16 = 2
  case int32 = 3
  case int64 = 4
  case float16 = 5
  case float32 = 6
  case float64 = 7
  case bool = 11
  case bfloat16 = 15
  case float8E5M2 = 23
  case float8E4M3 = 24
  case uint16 = 27
  case uint32 = 28
  case uint64 = 29

  public var size: Int {
    switch self {
    case .uint8, .int8, .bool, .float8E5M2, .float8E4M3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// True for the types that weights and activations are computed in.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64, .float8E5M2, .float8E4M3: true
    default: false
    }
  }
}

extension DType: CustomStringConvertible {
  public var description: String { Self.names[self] ?? "" }

  private static let names: [DType: String] = [
    .uint8: "uint8", .int8: "int8", .int16: "int16", .int32: "int32", .int64: "int64", .uint16: "uint16", .uint32: "uint32",
    .uint64: "uint64", .float16: "float16", .float32: "float32", .float64: "float64", .bfloat16: "bfloat16", .bool: "bool",
    .float8E5M2: "float8_e5m2", .float8E4M3: "float8_e4m3fn",
  ]
}

/// A Swift type whose values can be a tensor's elements.
public protocol TensorElement: Sendable {
  static var dtype: DType { get }
}

extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
extension Int: TensorElement { public static var dtype: DType { .int64 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension Bool: TensorElement { public static var dtype: DType { .bool } }

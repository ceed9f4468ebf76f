import CLoRWeBTorch

/// An operator's argument.
enum Arg {
  case tensor(Tensor)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case string(String)
  case ints([Int])
  case tensors([Tensor])
  case dtype(DType)
  case device(Device)
  case memoryFormat(MemoryFormat)
  case generator(Generator)
  case none
  /// What the schema says.
  case defaulted

  static func optional(_ tensor: Tensor?) -> Arg { tensor.map(Arg.tensor) ?? .none }
  static func optional(_ dtype: DType?) -> Arg { dtype.map(Arg.dtype) ?? .none }
  static func optional(_ number: Double?) -> Arg { number.map(Arg.double) ?? .none }
  static func optional(_ generator: Generator?) -> Arg { generator.map(Arg.generator) ?? .none }

  /// 8-byte slots the argument's list needs beside its value.
  fileprivate var slots: Int {
    switch self {
    case .ints(let list): list.count
    case .tensors(let list): list.count
    case .string(let text): (text.utf8.count + 7) / 8
    default: 0
    }
  }
}

/// The order of a tensor's elements in memory; raw values are c10::MemoryFormat's.
public enum MemoryFormat: Int, Sendable {
  case contiguous = 0
  /// Channels innermost, for convolutions.
  case channelsLast = 2
}

extension Array where Element == Arg {
  /// The arguments as the shim reads them, lists and texts in one scratch buffer, valid during `body`.
  func withValues<Result>(_ body: (UnsafeBufferPointer<ct_value>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: reduce(1) { $0 + $1.slots }) { scratch in
      withUnsafeTemporaryAllocation(of: ct_value.self, capacity: Swift.max(count, 1)) { values in
        var free = 0
        for (index, argument) in enumerated() { values.initializeElement(at: index, to: argument.value(in: scratch, &free)) }
        return withExtendedLifetime(self) { body(UnsafeBufferPointer(rebasing: values[..<count])) }
      }
    }
  }
}

extension Arg {
  fileprivate func value(in scratch: UnsafeMutableBufferPointer<UInt64>, _ free: inout Int) -> ct_value {
    func list(_ tag: ct_tag, _ elements: some Sequence<UInt64>, count: Int) -> ct_value {
      let start = free
      for bits in elements {
        scratch[free] = bits
        free += 1
      }
      let address = scratch.baseAddress.map { UInt64(UInt(bitPattern: $0 + start)) } ?? 0
      return ct_value(tag: tag, count: UInt32(count), bits: address)
    }
    func plain(_ tag: ct_tag, _ bits: UInt64) -> ct_value { ct_value(tag: tag, count: 1, bits: bits) }
    func bits(_ pointer: OpaquePointer?) -> UInt64 { UInt64(UInt(bitPattern: pointer)) }
    switch self {
    case .tensor(let tensor): return plain(CT_TENSOR, bits(tensor.handle))
    case .int(let number): return plain(CT_INT, UInt64(bitPattern: Int64(number)))
    case .double(let number): return plain(CT_DOUBLE, number.bitPattern)
    case .bool(let flag): return plain(CT_BOOL, flag ? 1 : 0)
    case .ints(let numbers): return list(CT_INTS, numbers.lazy.map { UInt64(bitPattern: Int64($0)) }, count: numbers.count)
    case .tensors(let tensors): return list(CT_TENSORS, tensors.lazy.map { bits($0.handle) }, count: tensors.count)
    case .string(let text):
      var words = [UInt64](repeating: 0, count: slots)
      words.withUnsafeMutableBytes { $0.copyBytes(from: text.utf8) }
      return list(CT_STRING, words, count: text.utf8.count)
    case .dtype(let dtype): return plain(CT_DTYPE, UInt64(dtype.rawValue))
    case .device(let device):
      return plain(CT_DEVICE, UInt64(device.kind.rawValue) << 32 | UInt64(UInt32(bitPattern: device.index)))
    case .memoryFormat(let format): return plain(CT_MEMORY_FORMAT, UInt64(format.rawValue))
    case .generator(let generator): return plain(CT_GENERATOR, bits(generator.handle))
    case .none: return plain(CT_NONE, 0)
    case .defaulted: return plain(CT_DEFAULT, 0)
    }
  }
}

import CLoRWeBTorch
import Synchronization

extension Tensor {
  /// A tensor with a copy of these elements, row-major.
  public convenience init<Element: TensorElement>(_ elements: [Element], shape: [Int]? = nil) {
    let shape = shape ?? [elements.count]
    guard Tensor.elementCount(of: shape) == elements.count else {
      ErrorBox.record(TorchError("tensor: \(elements.count) elements don't fill the shape \(shape)"))
      self.init(owning: ct_tensor_undefined())
      return
    }
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(elements.count * Element.dtype.size, 1), alignment: 64)
    elements.withUnsafeBytes { bytes.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(bytes), byteCount: $0.count) }
    self.init(bytes: bytes, shape: shape, dtype: Element.dtype, owner: AllocatedBytes(bytes))
  }

  /// The product of sizes; nil if one is negative or no machine could count so many.
  private static func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  /// A tensor over foreign memory, copying nothing; `owner` is kept until the last view of it is gone.
  ///
  /// The memory must stay valid and, for in-place operators, writable as long as `owner` lives.
  public convenience init(bytes: UnsafeMutableRawPointer, shape: [Int], dtype: DType, owner: AnyObject) {
    var made: ct_tensor?
    let context = Unmanaged.passRetained(owner)
    let failed = ct_tensor_from_blob(
      bytes, shape.map(Int64.init), shape.count, dtype.rawValue,
      { context in if let context { Unmanaged<AnyObject>.fromOpaque(context).release() } }, context.toOpaque(), &made)
    if failed != 0 { ErrorBox.record(.last(in: "from_blob")) }
    self.init(owning: made ?? ct_tensor_undefined())
  }

  /// All elements, row-major, converted to `Element`'s type and copied to the CPU.
  public func array<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
    HostReads.current?.note()
    let plain = to(device: .cpu, dtype: Element.dtype).contiguous()
    return plain.withUnsafeBytes { bytes in Array(bytes.bindMemory(to: Element.self)) }
  }

  /// True for each element, row-major, that is not zero. A file may hold any byte for a boolean, and a Swift `Bool` must be 0 or 1,
  /// so these are never taken over bit by bit.
  public func array(of type: Bool.Type = Bool.self) -> [Bool] { to(.bool).array(of: UInt8.self).map { $0 != 0 } }

  /// The elements' bytes as they lie in memory; empty for a tensor that is not on the CPU or has gaps.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withUnsafeMutableBytes { try body(UnsafeRawBufferPointer($0)) }
  }

  /// The elements' bytes for writing; empty for a tensor that is not on the CPU or has gaps.
  public func withUnsafeMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) rethrows -> Result {
    let pointer = isContiguous && device.kind == .cpu ? ct_tensor_data(handle) : nil
    return try withExtendedLifetime(self) {
      try body(UnsafeMutableRawBufferPointer(start: pointer, count: pointer == nil ? 0 : byteCount))
    }
  }

  /// The value of a tensor of one element.
  public func item() -> Double {
    guard isDefined, count == 1 else {
      ErrorBox.record(TorchError("item: \(self) has \(count) elements, not one"))
      return .nan
    }
    return array(of: Double.self).first ?? .nan
  }
}

/// Memory a tensor made from a Swift array lives in.
private final class AllocatedBytes {
  private let bytes: UnsafeMutableRawPointer
  init(_ bytes: UnsafeMutableRawPointer) { self.bytes = bytes }

  deinit { bytes.deallocate() }
}

/// How often tensors' elements are read back from where they are computed, for which a program waits for its device.
public final class HostReads: Sendable {
  @TaskLocal static var current: HostReads?
  private let counted = Mutex(0)

  /// Does work; gives how often it, in this task, read elements back, on the CPU too.
  public static func count(in work: () throws -> Void) rethrows -> Int {
    let reads = HostReads()
    try $current.withValue(reads, operation: work)
    return reads.counted.withLock(\.self)
  }

  func note() { counted.withLock { $0 += 1 } }
}

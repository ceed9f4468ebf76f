import CLoRWeBTorch

/// A libtorch tensor.
///
/// Sharing one for reading between threads is safe (its count is atomic); changing it in place is not, which is why everything
/// that computes runs on one `Engine`. Operators on tensors don't throw: see `withTorchErrors`.
public final class Tensor: @unchecked Sendable {
  let handle: ct_tensor

  /// Takes over one reference.
  init(owning handle: ct_tensor) { self.handle = handle }

  deinit { ct_tensor_release(handle) }

  /// What a failed operator gives back.
  static var undefined: Tensor { Tensor(owning: ct_tensor_undefined()) }
  /// False for the result of a failed operator.
  public var isDefined: Bool { ct_tensor_defined(handle) }
  /// Sizes of all dimensions, outermost first; empty for a scalar.
  public var shape: [Int] { dimensions(ct_tensor_sizes) }
  /// Elements between neighbours along each dimension.
  public var strides: [Int] { dimensions(ct_tensor_strides) }

  private func dimensions(_ read: (ct_tensor, UnsafeMutablePointer<Int64>) -> Int32) -> [Int] {
    var dim: Int64 = 0
    guard ct_tensor_dim(handle, &dim) == 0, dim > 0 else { return [] }
    return withUnsafeTemporaryAllocation(of: Int64.self, capacity: Int(dim)) { buffer in
      guard let base = buffer.baseAddress, read(handle, base) == 0 else { return [] }
      return buffer.map { Int($0) }
    }
  }

  /// The size of one dimension, negative ones counted from the last.
  public func size(_ dimension: Int) -> Int {
    let shape = shape
    let index = dimension < 0 ? shape.count + dimension : dimension
    guard shape.indices.contains(index) else {
      ErrorBox.record(TorchError("size: dimension \(dimension) of a tensor of shape \(shape)"))
      return 0
    }
    return shape[index]
  }

  public var count: Int { Int(ct_tensor_numel(handle)) }
  public var dtype: DType { DType(rawValue: ct_tensor_dtype(handle)) ?? .uint8 }

  public var device: Device {
    var type: Int32 = 0
    var index: Int32 = -1
    ct_tensor_device(handle, &type, &index)
    return Device(kind: Device.Kind(rawValue: type) ?? .meta, index: index)
  }

  /// True if the elements lie in row-major order without gaps.
  public var isContiguous: Bool { ct_tensor_is_contiguous(handle) }
  /// Bytes of the elements, without gaps.
  public var byteCount: Int { count * dtype.size }
  /// Bytes of the memory the tensor is a view of.
  public var storageByteCount: Int { ct_tensor_storage_bytes(handle) }

  /// True if both are views of the same memory.
  public func sharesStorage(with other: Tensor) -> Bool {
    guard let mine = ct_tensor_storage(handle) else { return false }
    return mine == ct_tensor_storage(other.handle)
  }
}

extension Tensor: CustomStringConvertible {
  /// Shape, type and device, such as `[2, 3] float32 cpu`.
  public var description: String { isDefined ? "\(shape) \(dtype) \(device)" : "undefined tensor" }
}

import CLoRWeBTorch

/// An operator of libtorch, found once by its name in the dispatcher.
public struct Op: @unchecked Sendable {
  /// `aten::name` or `aten::name.overload`.
  public let name: String
  private let handle: ct_op?

  init(_ name: String) {
    self.name = name
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    var found: ct_op?
    handle = ct_op_find(parts[0], parts.count > 1 ? parts[1] : "", &found) == 0 ? found : nil
  }

  /// The operator's declaration in this libtorch, or nil if it has none of that name.
  public var schema: String? {
    guard let handle else { return nil }
    let text = ct_op_schema(handle)
    defer { ct_string_free(text) }
    return String(cString: text)
  }

  /// Calls the operator; results inside a returned list come one after another, at most `capacity` of them.
  func call(_ arguments: [Arg], capacity: Int) throws(TorchError) -> [OpResult] {
    guard let handle else { throw TorchError("libtorch \(torchVersion) has no operator \(name)") }
    #if DEBUG
    try watch(arguments)
    #endif
    var text: TorchError?
    let results = withUnsafeTemporaryAllocation(of: ct_value.self, capacity: capacity) { buffer in
      var count = 0
      let failed = arguments.withValues { values in
        ct_call(handle, values.baseAddress, values.count, buffer.baseAddress, capacity, &count)
      }
      if failed != 0 { text = TorchError.last(in: name) }
      return buffer[..<count].map(OpResult.init)
    }
    if let text { throw text }
    return results
  }

  /// Calls an operator with one tensor as its result; a failure goes to the error scope.
  func callAsFunction(_ arguments: Arg...) -> Tensor { tensors(arguments, expecting: 1)[0] }

  /// Calls an operator whose result is that many tensors; a failure goes to the error scope and gives undefined ones.
  func tensors(_ arguments: [Arg], expecting count: Int) -> [Tensor] {
    do throws(TorchError) {
      let tensors = try call(arguments, capacity: count).compactMap(\.tensor)
      guard tensors.count == count else { throw TorchError("\(name): expected \(count) tensors, got \(tensors.count)") }
      return tensors
    } catch {
      ErrorBox.record(error)
      return (0..<count).map { _ in .undefined }
    }
  }
}

/// One result of an operator.
enum OpResult {
  case tensor(Tensor)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case none

  init(_ value: ct_value) {
    switch value.tag {
    case CT_TENSOR: self = OpaquePointer(bitPattern: UInt(value.bits)).map { .tensor(Tensor(owning: $0)) } ?? .none
    case CT_INT: self = .int(Int(Int64(bitPattern: value.bits)))
    case CT_DOUBLE: self = .double(Double(bitPattern: value.bits))
    case CT_BOOL: self = .bool(value.bits != 0)
    default: self = .none
    }
  }

  var tensor: Tensor? {
    guard case .tensor(let tensor) = self else { return nil }
    return tensor
  }
}

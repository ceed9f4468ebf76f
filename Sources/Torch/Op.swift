import CLoRWeBTorch

extension Op {
  /// `aten::name` or `aten::name.overload`.
  public var name: String { "aten::\(rawValue)" }

  /// What this libtorch has of the table, in its order; looked up once.
  nonisolated(unsafe) private static let handles: [ct_op?] = allCases.map { op in
    let parts = op.name.split(separator: ".", maxSplits: 1).map(String.init)
    var found: ct_op?
    return ct_op_find(parts[0], parts.count > 1 ? parts[1] : "", &found) == 0 ? found : nil
  }

  /// Read at every call. An enum without payloads is stored as its case's place in the table, which spares hashing its name.
  private var handle: ct_op? { Self.handles[Int(unsafeBitCast(self, to: UInt8.self))] }

  /// The operator's declaration in this libtorch, or nil if it has none of that name.
  public var schema: String? {
    guard let text = handle.map(ct_op_schema) else { return nil }
    defer { ct_string_free(text) }
    return String(cString: text)
  }

  /// Calls an operator with one tensor as its result; a failure goes to the error scope.
  func callAsFunction(_ arguments: Arg...) -> Tensor { tensors(arguments, expecting: 1)[0] }

  /// Calls an operator whose result is that many tensors, those inside a list one after another; a failure goes to the error scope
  /// and gives undefined ones.
  func tensors(_ arguments: [Arg], expecting count: Int) -> [Tensor] {
    do throws(TorchError) {
      let tensors = try call(arguments, capacity: count)
      guard tensors.count == count else { throw TorchError("\(name): expected \(count) tensors, got \(tensors.count)") }
      return tensors
    } catch {
      ErrorBox.record(error)
      return (0..<count).map { _ in .undefined }
    }
  }

  private func call(_ arguments: [Arg], capacity: Int) throws(TorchError) -> [Tensor] {
    guard let handle else { throw TorchError("libtorch \(torchVersion) has no operator \(name)") }
    #if DEBUG
    try watch(arguments)
    #endif
    var failure: TorchError?
    let tensors = withUnsafeTemporaryAllocation(of: ct_value.self, capacity: capacity) { results in
      var count = 0
      let failed = arguments.withValues { values in
        ct_call(handle, values.baseAddress, values.count, results.baseAddress, capacity, &count)
      }
      if failed != 0 { failure = .last(in: name) }
      return results[..<count].compactMap { result in
        result.tag == CT_TENSOR ? OpaquePointer(bitPattern: UInt(result.bits)).map(Tensor.init(owning:)) : nil
      }
    }
    if let failure { throw failure }
    return tensors
  }
}

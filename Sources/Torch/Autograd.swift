import CLoRWeBTorch

extension Tensor {
  public var requiresGrad: Bool { ct_requires_grad(handle) }

  /// Turns gradient recording for this tensor on or off, in place.
  @discardableResult
  public func requiringGrad(_ flag: Bool = true) -> Tensor {
    if ct_set_requires_grad(handle, flag) != 0 { ErrorBox.record(.last(in: "requires_grad")) }
    return self
  }

  /// The gradient accumulated by `backward`, or nil.
  public var grad: Tensor? {
    get {
      var gradient: ct_tensor?
      if ct_grad(handle, &gradient) != 0 { ErrorBox.record(.last(in: "grad")) }
      return gradient.map(Tensor.init(owning:))
    }
    set {
      if ct_set_grad(handle, newValue?.handle) != 0 { ErrorBox.record(.last(in: "grad")) }
    }
  }

  /// Adds this scalar's gradients to `grad` of every tensor that requires them.
  public func backward(retainGraph: Bool = false) {
    var output: ct_tensor = handle
    if ct_backward(&output, nil, 1, retainGraph) != 0 { ErrorBox.record(.last(in: "backward")) }
  }
}

/// Adds the gradients of `outputs`, each weighted by its seed of the same shape, to `grad` of every tensor that requires them.
public func backward(_ outputs: [Tensor], seeds: [Tensor]) {
  guard seeds.count == outputs.count else {
    ErrorBox.record(TorchError("backward: \(outputs.count) outputs but \(seeds.count) seeds"))
    return
  }
  let failed = withExtendedLifetime((outputs, seeds)) {
    ct_backward(outputs.map(\.handle), seeds.map { Optional($0.handle) }, outputs.count, false)
  }
  if failed != 0 { ErrorBox.record(.last(in: "backward")) }
}

/// Gradients of `outputs` (each weighted by its seed; scalars need none) with respect to `inputs`, without touching `grad`.
/// - Returns: one entry an input; nil for an input that no output depends on, if `allowUnused`.
public func gradients(
  of outputs: [Tensor], withRespectTo inputs: [Tensor], seeds: [Tensor]? = nil, retainGraph: Bool = false,
  createGraph: Bool = false, allowUnused: Bool = false
) -> [Tensor?] {
  if let seeds, seeds.count != outputs.count {
    ErrorBox.record(TorchError("gradients: \(outputs.count) outputs but \(seeds.count) seeds"))
    return inputs.map { _ in nil }
  }
  var found = [ct_tensor?](repeating: nil, count: inputs.count)
  let failed = withExtendedLifetime((outputs, inputs, seeds)) {
    ct_gradients(
      outputs.map(\.handle), seeds?.map { Optional($0.handle) }, outputs.count, inputs.map(\.handle), inputs.count, retainGraph,
      createGraph, allowUnused, &found)
  }
  if failed != 0 { ErrorBox.record(.last(in: "gradients")) }
  return found.map { $0.map(Tensor.init(owning:)) }
}

/// Runs `body` without recording gradients. Synchronous on purpose: the mode belongs to the thread, and a thread belongs to
/// other tasks while this one waits.
public func noGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = ct_grad_enabled()
  ct_set_grad_enabled(false)
  defer { ct_set_grad_enabled(before) }
  return try body()
}

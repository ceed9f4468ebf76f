/// What is looked at before an operator runs, in debug builds only: so in all tests and the tool they start.
extension Op {
  /// Told each operator's name before it runs: a test counts them, or holds the work at one of them.
  @TaskLocal package static var observer: (@Sendable (_ name: String) -> Void)?

  func watch(_ arguments: [Arg]) throws(TorchError) {
    try checkDevices(arguments)
    Op.observer?(name)
  }

  /// What is done in place of a call that would change nothing.
  func watched(_ arguments: [Arg]) {
    #if DEBUG
    do { try watch(arguments) } catch { ErrorBox.record(error) }
    #endif
  }

  /// Refuses tensors of two devices, some of which torch takes in silence: with an operand on `meta`, linear, mm, bmm, conv2d,
  /// embedding and AdamW read the CPU's without a word.
  ///
  /// Allowed are copying from one to the other, and numbers (tensors without dimensions) on the CPU beside tensors of any device;
  /// inside a list torch doesn't take those either.
  private func checkDevices(_ arguments: [Arg]) throws(TorchError) {
    guard self != .copyInPlace else { return }
    let tensors = arguments.flatMap(\.placed).filter(\.isDefined)
    if let first = tensors.first, let other = tensors.first(where: { $0.device != first.device }) {
      throw TorchError("\(name): its tensors are on two devices: \(first) and \(other)")
    }
  }
}

extension Arg {
  /// The tensors that have to be where the others are.
  fileprivate var placed: [Tensor] {
    switch self {
    case .tensor(let tensor): tensor.shape.isEmpty && tensor.device.kind == .cpu ? [] : [tensor]
    case .tensors(let tensors): tensors
    default: []
    }
  }
}

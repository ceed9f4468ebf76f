/// Stand-ins on the meta device for operators that only Python's side of torch can do there: the shape and the history of the
/// result, so that a model's way can be followed without memory.
extension Op {
  /// - Parameters:
  ///   - shape: the result's.
  ///   - input: what the result has its type of.
  func onMeta(_ arguments: [Arg], _ shape: [Int], like input: Tensor) -> Tensor {
    watched(arguments)
    let tensors = arguments.compactMap { argument -> Tensor? in
      if case .tensor(let tensor) = argument { tensor } else { nil }
    }
    return tensors.reduce(Tensor.zeros(shape, dtype: input.dtype, device: .meta)) { $0 + $1.sum().to(input.dtype) }
  }

  /// The operator itself, or its stand-in where that argument has no memory.
  func callAsFunction(_ arguments: [Arg], metaShape: @autoclosure () -> [Int], of input: Tensor) -> Tensor {
    input.device.kind == .meta ? onMeta(arguments, metaShape(), like: input) : tensors(arguments, expecting: 1)[0]
  }
}

/// Stand-ins on the meta device for operators that only Python's side of torch can do there: the shape and the history of the
/// result, so that a model's way can be followed without memory.
extension Op {
  /// - Parameter shape: the result's.
  func onMeta(_ arguments: [Arg], _ shape: [Int]) -> Tensor {
    watched(arguments)
    let tensors = arguments.compactMap { argument -> Tensor? in
      if case .tensor(let tensor) = argument { tensor } else { nil }
    }
    let dtype = tensors.first?.dtype ?? .float32
    return tensors.reduce(Tensor.zeros(shape, dtype: dtype, device: .meta)) { $0 + $1.sum().to(dtype) }
  }

  /// The operator itself, or its stand-in where the first argument has no memory.
  func callAsFunction(_ arguments: [Arg], metaShape: @autoclosure () -> [Int], of input: Tensor) -> Tensor {
    input.device.kind == .meta ? onMeta(arguments, metaShape()) : tensors(arguments, expecting: 1)[0]
  }
}

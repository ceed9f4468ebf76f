/// One step of AdamW on all parameters, in place and in one pass over memory (torch's fused kernel).
///
/// Lists run in step; a parameter, its gradient and its moments have the same shape and type. On the meta device, for which torch
/// has no such kernel, nothing is there to be changed.
/// - Parameter step: 1 at the first call.
public func stepAdamW(
  _ parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor], step: Int,
  learningRate: Double, betas: (Double, Double), weightDecay: Double, epsilon: Double
) {
  guard let device = parameters.first?.device else { return }
  let count = Tensor.full([], Double(step), device: device)
  let arguments: [Arg] = [
    .tensors(parameters), .tensors(gradients), .tensors(firstMoments), .tensors(secondMoments), .tensors([]),
    .tensors(parameters.map { _ in count }), .double(learningRate), .double(betas.0), .double(betas.1), .double(weightDecay),
    .double(epsilon), .bool(false), .bool(false),
  ]
  if device == .meta { return Op.fusedAdamW.watched(arguments) }
  _ = Op.fusedAdamW.tensors(arguments, expecting: 0)
}

import LoRWeBModels
import LoRWeBTorch

/// Runs blocks without keeping what is inside them, and computes each anew when its gradient is asked for: memory for one block's
/// activations instead of all, for one more forward pass.
///
/// The graph is cut where tensors enter the blocks (hidden states, modulations, mixing coefficients): inside, their cut copies
/// collect gradients, which `backward` hands on to the originals at the end. Nothing is random inside blocks, so the second pass
/// gives the first one's numbers.
final class Recomputation {
  /// A tensor with history and the copy without that stands for it inside the blocks.
  private struct Cut {
    let original, leaf: Tensor

    init(_ original: Tensor) { (self.original, leaf) = (original, original.detach().requiringGrad(original.requiresGrad)) }
  }

  private typealias Call = (block: any FluxBlock, input: Hidden, modulation: BlockModulation, context: BlockContext)

  private var calls: [Call] = []
  private var coefficients: [String: Cut] = [:]
  private var (modulations, entry, exit): ([Cut], [Cut], [Tensor]) = ([], [], [])

  /// The coefficients to attach while blocks run, cut from the router's graph.
  func cut(_ coefficients: [String: Tensor]) -> [String: Tensor] {
    self.coefficients = coefficients.mapValues(Cut.init)
    return self.coefficients.mapValues(\.leaf)
  }

  /// The `BlockRunner`: walks the blocks, keeping each one's input only.
  func run(_ blocks: [any FluxBlock], _ given: [BlockModulation], _ hidden: Hidden, _ context: BlockContext) -> Hidden {
    entry = hidden.tensors.map(Cut.init)
    var state = hidden
    state.tensors = entry.map(\.leaf)
    noGrad {
      for (block, modulation) in zip(blocks, given) {
        let cuts = modulation.streams.map(Cut.init)
        modulations += cuts
        var inside = modulation
        inside.streams = cuts.map(\.leaf)
        calls.append((block, state, inside, context))
        state = block(state, inside, context)
      }
    }
    state.tensors = state.tensors.map { $0.detach().requiringGrad() }
    exit = state.tensors
    return state
  }

  /// Adds the loss's gradients to every tensor that requires them, block by block from the last.
  func backward(_ loss: Tensor) {
    loss.backward()
    var seeds = exit.map(\.grad)
    exit = []
    while let call = calls.popLast() { seeds = backward(call, seeds) }
    pass(entry, seeds)
    pass(modulations)
    pass(Array(coefficients.values))
    (entry, modulations, coefficients) = ([], [], [:])
  }

  /// Computes a block anew; gives the gradients of its inputs.
  private func backward(_ call: Call, _ seeds: [Tensor?]) -> [Tensor?] {
    let isFirst = calls.isEmpty
    var input = call.input
    input.tensors = input.tensors.enumerated().map { index, tensor in
      tensor.detach().requiringGrad(isFirst ? entry[index].original.requiresGrad : true)
    }
    let outputs = call.block(input, call.modulation, call.context).tensors
    let used = zip(outputs, seeds).filter { $0.0.requiresGrad && $0.1 != nil }
    LoRWeBTorch.backward(used.map(\.0), seeds: used.compactMap(\.1))
    return input.tensors.map(\.grad)
  }

  /// Hands the gradients cut copies collected, or those given, on to the originals.
  private func pass(_ cuts: [Cut], _ gradients: [Tensor?]? = nil) {
    let found = zip(cuts, gradients ?? cuts.map(\.leaf.grad)).filter { $0.0.original.requiresGrad && $0.1 != nil }
    guard !found.isEmpty else { return }
    LoRWeBTorch.backward(found.map(\.0.original), seeds: found.compactMap(\.1))
  }
}

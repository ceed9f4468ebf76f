import LoRWeBTorch

/// A block that is built whenever it runs and let go after: memory for one block instead of all, for reading its weights each time.
/// Adapters lie in a table by path, so it finds its own.
final class StreamedBlock: FluxBlock {
  let path: String
  private let build: () throws -> any FluxBlock

  init(_ scope: Scope, _ make: @escaping (Scope, inout [Linear]?) throws -> any FluxBlock) {
    path = scope.path
    build = {
      var none: [Linear]?
      return try noGrad { try make(scope.apart, &none) }
    }
  }

  /// A block that can't be read is the error scope's failure, and the hidden state comes back as it was.
  func callAsFunction(_ hidden: Hidden, _ modulation: BlockModulation, _ context: BlockContext) -> Hidden {
    do {
      let block = try build()
      return block(hidden, modulation, context)
    } catch {
      recordFailure(error)
      return hidden
    }
  }
}

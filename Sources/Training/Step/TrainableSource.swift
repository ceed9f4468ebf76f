import LoRWeBModels
import LoRWeBTorch

/// A source whose tensors are copies in fp32 memory of their own, which torch aligns to 64 bytes.
///
/// Views of a file begin wherever its header ends; kernels take another path over unaligned memory and round differently, so a
/// run continued on views would not be the run continued.
public struct TrainableSource: WeightSource {
  private let base: any WeightSource

  public init(_ base: any WeightSource) { self.base = base }

  public var location: String { base.location }
  public var names: [String]? { base.names }
  public func shape(of name: String) -> [Int]? { base.shape(of: name) }
  public func tensor(_ request: WeightRequest) throws -> Tensor { try base.tensor(request).to(.float32).clone() }
}

import LoRWeBModels
import LoRWeBTorch

/// A source's fp8 weights as fp32, times their scale where the file has one: fp8 stored plainly, or scaled as ComfyUI does, with
/// `NAME.scale_weight` (since 2025 `NAME.weight_scale`) beside `NAME.weight`.
///
/// Everything else passes through, so any source may be wrapped. Scales, the ranges of activations beside them and the marker
/// `scaled_fp8` are no tensors of the model and have no names here.
public struct Float8Source: WeightSource {
  let base: any WeightSource
  /// Scales' names by weights'.
  private let scales: [String: String]
  public let names: [String]?

  public init(_ base: any WeightSource) {
    let found = Set(base.names ?? [])
    var (scales, helpers): ([String: String], Set<String>) = ([:], [])
    for name in found {
      if name == Self.marker || name.hasSuffix("." + Self.marker) { helpers.insert(name) }
      for suffix in Self.scaleSuffixes + Self.otherSuffixes where name.hasSuffix(suffix) {
        let weight = "\(name.dropLast(suffix.count)).weight"
        guard found.contains(weight) else { continue }
        helpers.insert(name)
        if Self.scaleSuffixes.contains(suffix) { scales[weight] = name }
      }
    }
    (self.base, self.scales, names) = (base, scales, base.names?.filter { !helpers.contains($0) })
  }

  private static let marker = "scaled_fp8"
  private static let scaleSuffixes = [".scale_weight", ".weight_scale"]
  private static let otherSuffixes = [".scale_input", ".input_scale", ".comfy_quant"]

  public func releasePages() { base.releasePages() }
  public var location: String { base.location }
  public func shape(of name: String) -> [Int]? { base.shape(of: name) }

  /// - Throws: `CheckpointError` for a scale that is neither one number nor one a row; what the base throws.
  public func tensor(_ request: WeightRequest) throws -> Tensor {
    let stored = try base.tensor(request)
    return try withTorchErrors {
      guard let name = scales[request.name] else {
        return [.float8E4M3, .float8E5M2].contains(stored.dtype) ? stored.to(.float32) : stored
      }
      let shape = base.shape(of: name) ?? []
      let count = shape.reduce(1, *)
      guard stored.dtype.isFloatingPoint, count == 1 || count == shape.first && count == request.shape.first else {
        throw CheckpointError(
          .otherWeights, location,
          expected: "floating-point weights and one scale, or one a row, beside \(quoted(request.name)) \(request.shape)",
          found: "\(stored.dtype) and \(brief(shape))", advice: WeightLayout.quantisedAdvice)
      }
      let scale = try base.tensor(WeightRequest(name: name, shape: shape, initial: .ones)).to(.float32)
      return stored.to(.float32) * scale.reshaped([count] + Array(repeating: 1, count: max(request.shape.count - 1, 0)))
    }
  }
}

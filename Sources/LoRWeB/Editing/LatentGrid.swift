import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// The latent tokens of a picture to be painted.
public struct LatentGrid: Sendable {
  public let channels: Int
  /// Latent rows and columns; a token is 2×2 of them.
  public let height, width: Int

  /// - Parameter factor: pixels a latent stands for, along one side.
  init(picture: PictureSize, channels: Int, factor: Int) throws {
    guard factor > 0, picture.width.isMultiple(of: 2 * factor), picture.height.isMultiple(of: 2 * factor) else {
      throw ModelError.badInput(
        "A canvas of \(picture) pixels doesn't divide into tokens of \(2 * factor) pixels; the model's tile must be a multiple of it."
      )
    }
    (self.channels, height, width) = (channels, picture.height / factor, picture.width / factor)
  }

  public var tokens: Int { height / 2 * (width / 2) }

  /// Packed noise [1, tokens, 4 C]: the numbers diffusers draws on the CPU for this seed, in the model's type.
  public func noise(seed: UInt64, dtype: DType) throws -> Tensor {
    try LatentPacking.pack(.randn([1, channels, height, width], generator: Generator(seed: seed), dtype: dtype))
  }

  /// Position ids of the tokens, with `index` in the first place.
  public func positions(index: Int) -> Tensor { TokenGroup.gridPositions(rows: height / 2, columns: width / 2, index: index) }

  /// Packed tokens to latents [1, C, h, w].
  public func latents(_ tokens: Tensor) -> Tensor { LatentPacking.unpack(tokens, rows: height / 2, columns: width / 2) }

  /// A clean picture's latents [1, C, h, w] as context, told apart by 1 in the first position coordinate.
  public static func contextGroup(_ latents: Tensor) -> TokenGroup {
    let (rows, columns) = (latents.size(2) / 2, latents.size(3) / 2)
    let positions = TokenGroup.gridPositions(rows: rows, columns: columns, index: 1, device: latents.device)
    return TokenGroup(tokens: LatentPacking.pack(latents), positions: positions, isNoisy: false)
  }
}

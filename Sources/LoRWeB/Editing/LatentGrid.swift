import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// The latent tokens of a picture, or of a part of one.
public struct LatentGrid: Sendable {
  public let channels: Int
  /// Latent rows and columns; a token is 2×2 of them.
  public let height, width: Int
  /// Size of the picture it is a part of, in latents; where in it the part begins; the model's place of its first token.
  private let picture, corner, start: (row: Int, column: Int)

  /// - Parameters:
  ///   - part: nil for the whole picture.
  ///   - factor: pixels a latent stands for, along one side.
  /// - Throws: `ModelError.badInput` for a picture or part that isn't whole tokens.
  init(picture: PictureSize, part: CanvasParts.Part? = nil, channels: Int, factor: Int) throws {
    let (part, token) = (part ?? CanvasParts.Part(picture), 2 * factor)
    let sides = [picture.width, picture.height, part.area.x, part.area.y, part.area.width, part.area.height, part.x, part.y]
    guard factor > 0, part.area.fits(in: picture), sides.allSatisfy({ $0.isMultiple(of: token) }) else {
      throw ModelError.badInput(
        "A canvas of \(picture) pixels doesn't divide into tokens of \(token) pixels; the model's tile must be a multiple of it."
      )
    }
    (self.channels, height, width) = (channels, part.area.height / factor, part.area.width / factor)
    self.picture = (picture.height / factor, picture.width / factor)
    (corner, start) = ((part.area.y / factor, part.area.x / factor), (part.y / token, part.x / token))
  }

  public var tokens: Int { height / 2 * (width / 2) }
  /// Tokens of the whole picture, by which noise levels are shifted.
  public var pictureTokens: Int { picture.row / 2 * (picture.column / 2) }

  /// Packed noise [1, tokens, 4 C]: of the numbers that diffusers draws on the CPU for this seed and the whole picture, the part's;
  /// in the model's type.
  public func noise(seed: UInt64, dtype: DType) throws -> Tensor {
    pack(.randn([1, channels, picture.row, picture.column], generator: try Generator(seed: seed), dtype: dtype))
  }

  /// Position ids of the tokens, with `index` in the first place.
  public func positions(index: Int, device: Device = .cpu) -> Tensor {
    TokenGroup.gridPositions(rows: height / 2, columns: width / 2, index: index, from: start, device: device)
  }

  /// Packed tokens to latents [B, C, h, w].
  public func latents(_ tokens: Tensor) -> Tensor { LatentPacking.unpack(tokens, rows: height / 2, columns: width / 2) }

  /// Of the picture's clean latents [B, C, H, W] the part's, as context, told apart by 1 in the first position coordinate.
  public func contextGroup(_ latents: Tensor) -> TokenGroup {
    TokenGroup(tokens: pack(latents), positions: positions(index: 1, device: latents.device), isNoisy: false)
  }

  private func pack(_ latents: Tensor) -> Tensor {
    LatentPacking.pack(latents.narrowed(2, from: corner.row, count: height).narrowed(3, from: corner.column, count: width))
  }
}

import LoRWeBTorch

/// Image tokens that belong together: a canvas being painted, a context picture, a row of examples.
public struct TokenGroup {
  /// Packed latents [B, L, C].
  public var tokens: Tensor
  /// Where each token is: [L, 3] in fp32, (group index, row, column). Never bf16, which can't tell 257 from 258.
  public var positions: Tensor
  /// Noisy groups are predicted; clean ones are only attended to.
  public var isNoisy: Bool

  public init(tokens: Tensor, positions: Tensor, isNoisy: Bool) {
    (self.tokens, self.positions, self.isNoisy) = (tokens, positions, isNoisy)
  }

  /// Positions of a grid in row-major order: [rows · columns, 3], the first coordinate `index`, the first token at `start`.
  public static func gridPositions(
    rows: Int, columns: Int, index: Int, from start: (row: Int, column: Int) = (0, 0), device: Device = .cpu
  ) -> Tensor {
    func places(_ count: Int, from start: Int) -> Tensor { Tensor.arange(to: Double(count), device: device) + Double(start) }
    let row = places(rows, from: start.row).reshaped([rows, 1]).expanded([rows, columns])
    let column = places(columns, from: start.column).reshaped([1, columns]).expanded([rows, columns])
    let group = Tensor.full([rows, columns], Double(index), device: device)
    return stacked([group, row, column], along: -1).reshaped([rows * columns, 3])
  }
}

/// Latent pictures as tokens: 2×2 neighbours become one token's channels.
public enum LatentPacking {
  /// Latents that a token stands for, along one side.
  public static let side = 2

  /// [B, C, H, W] to [B, H/2 · W/2, 4 C]; H and W even.
  public static func pack(_ latents: Tensor) -> Tensor {
    let (batch, channels, height, width) = (latents.size(0), latents.size(1), latents.size(2), latents.size(3))
    return latents.reshaped([batch, channels, height / 2, 2, width / 2, 2])
      .permuted([0, 2, 4, 1, 3, 5])
      .reshaped([batch, height / 2 * (width / 2), channels * 4])
  }

  /// [B, rows · columns, 4 C] to [B, C, 2 rows, 2 columns].
  public static func unpack(_ tokens: Tensor, rows: Int, columns: Int) -> Tensor {
    let (batch, channels) = (tokens.size(0), tokens.size(2) / 4)
    return tokens.reshaped([batch, rows, columns, channels, 2, 2])
      .permuted([0, 3, 1, 4, 2, 5])
      .reshaped([batch, channels, rows * 2, columns * 2])
  }
}

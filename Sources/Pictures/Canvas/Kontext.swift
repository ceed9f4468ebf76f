/// The sizes FLUX.1-Kontext works at, as in diffusers' `FluxKontextPipeline`.
public enum Kontext {
  /// The resolutions Kontext's context pictures were trained at, width by height.
  public static let preferredResolutions: [PictureSize] = [
    (672, 1568), (688, 1504), (720, 1456), (752, 1392), (800, 1328), (832, 1248), (880, 1184), (944, 1104), (1024, 1024),
    (1104, 944), (1184, 880), (1248, 832), (1328, 800), (1392, 752), (1456, 720), (1504, 688), (1568, 672),
  ].map { PictureSize(width: $0.0, height: $0.1) }

  /// The preferred resolution nearest in aspect, sides floored to whole tokens; at a tie the narrowest.
  public static func contextSize(for picture: PictureSize) -> PictureSize {
    var nearest = preferredResolutions[0]
    for candidate in preferredResolutions
    where abs(picture.aspect - candidate.aspect) < abs(picture.aspect - nearest.aspect) { nearest = candidate }
    return flooredToTokens(nearest)
  }

  /// The size that is painted for a picture: its aspect at `area` pixels, sides rounded, then floored to whole tokens.
  public static func targetSize(for picture: PictureSize, area: Int = CanvasPlan.kontextArea) -> PictureSize {
    let width = (Double(area) * picture.aspect).squareRoot().rounded(.toNearestOrEven)
    let height = (Double(area) / picture.aspect).squareRoot().rounded(.toNearestOrEven)
    return flooredToTokens(PictureSize(width: Int(width), height: Int(height)))
  }

  private static func flooredToTokens(_ size: PictureSize) -> PictureSize {
    PictureSize(
      width: size.width / CanvasPlan.token * CanvasPlan.token, height: size.height / CanvasPlan.token * CanvasPlan.token)
  }
}

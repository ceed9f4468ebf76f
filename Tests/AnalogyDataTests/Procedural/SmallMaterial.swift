import LoRWeBPictures
import LoRWeBTorch

@testable import LoRWeBAnalogyData

/// Material drawn for the tests: what is tested is how tasks are applied, not what photos show.
enum SmallMaterial {
  static let side = 48

  static func make() throws -> Material {
    let photos = try (0..<5).map { index in
      Material.Photo(id: "photo\(index)", kind: .scenery, part: .train, picture: try landscape(UInt64(index)))
    }
    let cutouts = try (0..<6).map { index in
      Material.Cutout(
        id: "cutout\(index)", category: ["animals", "food", "vehicles"][index % 3], name: "thing", part: .train,
        picture: try blob(UInt64(index), size: 60))
    }
    let glyphs = try Glyph.allCases.enumerated().map { ($1.rawValue, try blob(UInt64(100 + $0), size: 40)) }
    return Material(photos: photos, cutouts: cutouts, glyphs: Dictionary(uniqueKeysWithValues: glyphs))
  }

  /// Soft patches of many colours.
  static func landscape(_ seed: UInt64) throws -> Picture {
    var numbers = SeededNumbers(seed: seed, stream: [77])
    let patches = Raster(
      side: 7, pixels: (0..<49).map { _ in .rgb(numbers.between(0, 1), numbers.between(0, 1), numbers.between(0, 1)) })
    return try patches.resized(to: 80).picture()
  }

  /// A lopsided shape in three colours.
  static func blob(_ seed: UInt64, size: Int) throws -> Picture {
    var numbers = SeededNumbers(seed: seed, stream: [78])
    let colors = (0..<3).map { _ in Pixel.hue(numbers.between(0, 1)).mixed(with: .gray(numbers.between(0, 1)), by: 0.3) }
    let picture = try Raster(side: size) { x, y in y < 0.4 ? colors[0] : x < 0.5 ? colors[1] : colors[2] }.picture()
    var shape = Mask(side: size)
    shape.addEllipse(at: SIMD2(0.5, 0.62), radii: SIMD2(0.48, 0.36))
    shape.addRectangle(left: 0.05, top: 0.02, right: 0.45, bottom: 0.6)
    return try picture.withAlpha(shape.values.map { UInt8(($0 * 255).rounded()) })
  }
}

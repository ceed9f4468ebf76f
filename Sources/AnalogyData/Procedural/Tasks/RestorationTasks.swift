import Foundation
import LoRWeBTorch

/// Family C: the input is degraded, the output clean.
enum RestorationTasks {
  static let all: [ProceduralTask] = [
    .inverse("C1", "deblur", ["sharpen the blurry photo"], floor: 0.018) { shot, _ in shot.picture.blurred(2.6) },
    .inverse("C2", "denoise", ["remove the noise"]) { shot, _ in
      var numbers = SeededNumbers(seed: shot.seed, stream: [2])
      func noise() -> Float { (numbers.between(0, 1) + numbers.between(0, 1) + numbers.between(0, 1) - 1.5) * 0.44 }
      return shot.picture.map { ($0 + Pixel.rgb(noise(), noise(), noise())).inUnitRange }
    },
    .inverse("C3", "colourise", ["colourise the grey photo"], floor: 0.025) { shot, _ in shot.picture.luma.raster },
    .inverse("C4", "increase-resolution", ["increase the resolution"]) { shot, _ in
      shot.picture.boxed(to: 21).blocks(side: shot.side)
    },
    .inverse("C5", "decompress", ["remove the compression blocks"], floor: 0.018) { shot, _ in
      shot.picture.compressed(quality: 5)
    },
    .inverse("C6", "fill-holes", ["fill in the black squares"]) { shot, _ in
      var numbers = SeededNumbers(seed: shot.seed, stream: [6])
      return shot.picture.painted(.zero) { holes in
        for _ in 0..<7 {
          let (x, y) = (numbers.between(0, 0.86), numbers.between(0, 0.86))
          holes.addRectangle(left: x, top: y, right: x + 0.14, bottom: y + 0.14)
        }
      }
    },
    .inverse("C7", "brighten", ["brighten the dark photo"], floor: 0.05) { shot, _ in
      var numbers = SeededNumbers(seed: shot.seed, stream: [7])
      return shot.picture.map { ($0 * 0.2 + Pixel.gray(numbers.between(-0.025, 0.025))).inUnitRange }
    },
    .inverse("C8", "remove-fog", ["remove the fog"]) { shot, _ in shot.fogged },
    .inverse("C9", "remove-rain", ["remove the rain"]) { shot, theta in shot.picture.rainy(theta) },
    .inverse("C10", "remove-watermark", ["remove the watermark"], .heldOut) { shot, _ in
      let words = Mask.word(
        "PHOTO", side: shot.side, center: SIMD2(0.5, 0.5), height: 0.12, angle: -0.45, pitch: SIMD2(0.62, 0.3))
      return shot.picture.mixed(with: .white, by: words.map { $0 * 0.6 })
    },
    .inverse("C11", "remove-scratches", ["remove the scratches"], .heldOut, floor: 0.012) { shot, _ in
      var numbers = SeededNumbers(seed: shot.seed, stream: [11])
      return shot.picture.painted(.rgb(1, 0.98, 0.92)) { scratches in
        for _ in 0..<12 {
          let start = numbers.point()
          let way = SIMD2(numbers.between(-0.12, 0.12), numbers.between(0.3, 0.7))
          scratches.addLine(from: start - way / 2, to: start + way / 2, width: 0.011, strength: 0.95)
        }
      }
    },
    .inverse("C12", "remove-specks", ["remove the salt and pepper specks"], .heldOut) { shot, _ in
      var numbers = SeededNumbers(seed: shot.seed, stream: [12])
      return shot.picture.map { pixel in
        let chance = numbers.unit()
        return chance < 0.06 ? .zero : chance > 0.94 ? .white : pixel
      }
    },
  ]
}

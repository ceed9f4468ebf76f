import Foundation
import LoRWeBPictures

/// Mean squared error of a picture against the true one, levels taken as 0 to 1; alpha is left out.
/// - Parameter changed: counts these pixels only; nil for all.
/// - Returns: nil if there is no pixel to count.
/// - Throws: `EvaluationError.sizesDiffer`.
public func meanSquaredError(_ picture: Picture, to truth: Picture, on changed: ChangedPixels? = nil) throws -> Double? {
  try checkSameSize("The picture", picture, as: truth.size)
  try changed?.check(for: picture.size)
  var sum = 0
  for pixel in 0..<picture.width * picture.height where changed?.mask[pixel] ?? true {
    for sample in pixel * 3..<pixel * 3 + 3 {
      let difference = Int(picture.pixels[sample]) - Int(truth.pixels[sample])
      sum += difference * difference
    }
  }
  let count = 3 * (changed?.count ?? picture.width * picture.height)
  return count == 0 ? nil : Double(sum) / (255 * 255 * Double(count))
}

/// Peak signal-to-noise ratio in dB of a mean squared error against a peak of 1; nil for no error at all.
public func peakSignalToNoise(meanSquaredError error: Double) -> Double? { error > 0 ? -10 * log10(error) : nil }

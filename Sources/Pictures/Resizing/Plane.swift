/// Interleaved 8-bit samples, `[height, width, channels]`, on the way through a resize.
struct Plane {
  let size: PictureSize
  let channels: Int
  let samples: [UInt8]

  /// Rows are resized first, as Pillow always did up to 12; where the height loses more than twice what the width does, Pillow 13
  /// begins with the columns, which changes the rounding in between. (Rule found by trying sizes on both orders.)
  func resized(to target: PictureSize, filter: ResamplingFilter) -> Plane {
    let columnsFirst = target.height < size.height && size.height - target.height > 2 * (size.width - target.width)
    let (rows, columns) = (target.width, target.height)
    return columnsFirst
      ? resizedAlongColumns(to: columns, filter: filter).resizedAlongRows(to: rows, filter: filter)
      : resizedAlongRows(to: rows, filter: filter).resizedAlongColumns(to: columns, filter: filter)
  }

  /// Rows are taken in blocks and turned by 90 degrees, so that the inner loop runs over neighbouring bytes, as along columns.
  private func resizedAlongRows(to width: Int, filter: ResamplingFilter) -> Plane {
    if width == size.width { return self }
    let table = ResamplingWeights(from: size.width, to: width, filter: filter)
    let block = 32
    let length = block * channels
    return filled(PictureSize(width: width, height: size.height)) { input, output in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: (size.width + 1) * length) { room in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: length) { sums in
          guard let turned = room.baseAddress, let sums = sums.baseAddress else { return }
          turned.initialize(repeating: 0, count: (size.width + 1) * length)
          let line = turned + size.width * length
          for top in stride(from: 0, to: size.height, by: block) {
            let rows = min(block, size.height - top)
            turn(rows, of: input + top * size.width * channels, into: turned, length: length)
            for x in 0..<width {
              table.mix(at: x, lines: turned, length: length, sums: sums, into: line)
              for row in 0..<rows {
                let pixel = output + ((top + row) * width + x) * channels
                for channel in 0..<channels { pixel[channel] = line[row * channels + channel] }
              }
            }
          }
        }
      }
    }
  }

  /// `rows` rows of the plane become lines `[width, rows, channels]` of `length` samples.
  private func turn(_ rows: Int, of input: UnsafePointer<UInt8>, into turned: UnsafeMutablePointer<UInt8>, length: Int) {
    for row in 0..<rows {
      let source = input + row * size.width * channels
      let target = turned + row * channels
      for x in 0..<size.width {
        for channel in 0..<channels { target[x * length + channel] = source[x * channels + channel] }
      }
    }
  }

  private func resizedAlongColumns(to height: Int, filter: ResamplingFilter) -> Plane {
    if height == size.height { return self }
    let table = ResamplingWeights(from: size.height, to: height, filter: filter)
    let length = size.width * channels
    return filled(PictureSize(width: size.width, height: height)) { input, output in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: length) { sums in
        guard let sums = sums.baseAddress else { return }
        for y in 0..<height { table.mix(at: y, lines: input, length: length, sums: sums, into: output + y * length) }
      }
    }
  }

  /// A plane of `size` that `fill` writes whole from this one's samples.
  private func filled(_ size: PictureSize, fill: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void) -> Plane {
    let count = size.width * size.height * channels
    let result = [UInt8](count: count) { output in
      samples.withUnsafeBufferPointer { input in
        if let from = input.baseAddress, let to = output.baseAddress { fill(from, to) }
      }
    }
    return Plane(size: size, channels: channels, samples: result)
  }
}

/// Pillow's conversions between RGBA and RGBa around a resize.
extension Plane {
  /// RGBA with colours multiplied by coverage, `[height, width, 4]`.
  init(premultiplying pixels: [UInt8], by alpha: [UInt8], size: PictureSize) {
    let samples = [UInt8](count: alpha.count * 4) { output in
      for pixel in 0..<alpha.count {
        let coverage = UInt32(alpha[pixel])
        for channel in 0..<3 {
          let product = UInt32(pixels[pixel * 3 + channel]) * coverage + 128
          output[pixel * 4 + channel] = UInt8(truncatingIfNeeded: ((product >> 8) + product) >> 8)
        }
        output[pixel * 4 + 3] = alpha[pixel]
      }
    }
    self.init(size: size, channels: 4, samples: samples)
  }

  /// RGB and coverage of a premultiplied plane; invisible and fully opaque pixels keep their samples.
  func unpremultiplied() -> (pixels: [UInt8], alpha: [UInt8]) {
    let count = size.width * size.height
    var alpha = [UInt8](repeating: 0, count: count)
    let pixels = [UInt8](count: count * 3) { output in
      for pixel in 0..<count {
        let coverage = UInt32(samples[pixel * 4 + 3])
        alpha[pixel] = samples[pixel * 4 + 3]
        for channel in 0..<3 {
          let sample = UInt32(samples[pixel * 4 + channel])
          let whole = coverage == 0 || coverage == 255 ? sample : min(255, 255 * sample / coverage)
          output[pixel * 3 + channel] = UInt8(truncatingIfNeeded: whole)
        }
      }
    }
    return (pixels, alpha)
  }
}

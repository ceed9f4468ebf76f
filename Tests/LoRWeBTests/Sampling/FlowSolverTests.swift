import Foundation
import LoRWeB
import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite("Solvers of a flow")
struct FlowSolverTests {
  private func schedule(_ steps: Int, shift: Double = 1) throws -> FlowSchedule {
    var config = FlowScheduleConfig()
    config.shift = shift
    return try FlowSchedule(steps: steps, tokens: 16, config: config)
  }

  /// Walks a flow whose velocity is a function of sample and level.
  private func walk(
    _ solver: FlowSolver, _ schedule: FlowSchedule, from start: Double, _ velocity: (Tensor, Double) -> Tensor
  ) -> [Double] {
    var (sample, last, samples) = (Tensor.full([1], start), Tensor?.none, [Double]())
    for index in 0..<schedule.count {
      let now = velocity(sample, Double(schedule.sigmas[index]))
      sample = schedule.step(
        index, sample: sample, velocity: solver.direction(index, of: schedule, velocity: now, last: last))
      last = now
      samples.append(sample.item())
    }
    return samples
  }

  @Test(
    "Reckoned by hand: 1.5 times the new velocity less half the old on even levels, 2.5 and 1.5 for a step three times longer")
  func byHand() throws {
    try withTorchErrors {
      let (old, new) = (Tensor([4, -1] as [Float]), Tensor([6, 1] as [Float]))
      let (even, uneven) = (try schedule(2), try schedule(2, shift: 3))
      #expect(even.sigmas == [1, 0.5, 0] && uneven.sigmas == [1, 0.75, 0])
      func found(_ solver: FlowSolver, _ index: Int, _ schedule: FlowSchedule, _ last: Tensor?) -> [Float] {
        solver.direction(index, of: schedule, velocity: new, last: last).array(of: Float.self)
      }
      #expect(found(.ab2, 1, even, old) == [7, 2])
      #expect(found(.ab2, 1, uneven, old) == [9, 4])
      #expect(found(.ab2, 0, uneven, nil) == [6, 1])
      #expect(found(.euler, 1, uneven, old) == [6, 1])
      let half = FlowSolver.ab2.direction(1, of: even, velocity: new.to(.bfloat16), last: old.to(.bfloat16))
      #expect(half.dtype == .bfloat16 && half.to(.float32).array(of: Float.self) == [7, 2])
    }
  }

  private struct Case: Decodable {
    let steps: Int
    let shift: Double
    let sigmas, velocities, samples: [Double]
  }

  @Test("Steps on even and shifted levels are those that Python integrates lines for (Proofs/models/ab2.py)")
  func python() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Answers/ab2.json")
    for answer in try JSONDecoder().decode([Case].self, from: Data(contentsOf: file)) {
      try withTorchErrors {
        let schedule = try schedule(answer.steps, shift: answer.shift)
        #expect(zip(schedule.sigmas, answer.sigmas).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        var velocities: [Double] = []
        let samples = walk(.ab2, schedule, from: 2) { x, sigma in
          let velocity = x * 0.5 + (0.2 - 3 * sigma * sigma)
          velocities.append(velocity.item())
          return velocity
        }
        #expect(samples.count == answer.steps)
        #expect(zip(samples, answer.samples).allSatisfy { abs($0 - $1) < 5e-6 }, "\(samples)")
        #expect(zip(velocities, answer.velocities).allSatisfy { abs($0 - $1) < 5e-6 })
        if answer.steps > 1 {
          #expect(abs(walk(.euler, schedule, from: 2) { x, s in x * 0.5 + (0.2 - 3 * s * s) }[1] - samples[1]) > 5e-3)
        }
      }
    }
  }

  @Test("Twice the steps make Euler's error half and ab2's a quarter")
  func order() throws {
    try withTorchErrors {
      func error(_ solver: FlowSolver, _ steps: Int) throws -> Double {
        let end = walk(solver, try schedule(steps), from: 1) { x, _ in x }.last ?? 0
        return abs(end - exp(-1))
      }
      let euler = try [20, 40, 28].map { try error(.euler, $0) }
      let second = try [20, 40, 8].map { try error(.ab2, $0) }
      #expect(abs(euler[0] / euler[1] - 2) < 0.1 && abs(second[0] / second[1] - 4) < 0.4)
      #expect(second[2] < euler[2])
    }
  }
}

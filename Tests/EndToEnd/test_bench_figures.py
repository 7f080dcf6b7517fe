"""What `scripts/bench keep` reads out of a bench's lines, and what `compare` calls changed."""
import pathlib, runpy, types, unittest

bench = types.SimpleNamespace(**runpy.run_path(str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "bench-figures")))


class Figures(unittest.TestCase):
    def test_conditions_name_a_figure_and_are_none(self):
        self.assertEqual(bench.figures("http tickets clients=8 tickets/s=739 median=1.28ms p99=3 ms refused=0"), [
            ("http tickets clients=8", "tickets/s", 739.0), ("http tickets clients=8", "median", 1.28),
            ("http tickets clients=8", "p99", 3.0)])
        self.assertEqual(bench.figures("enqueue: 57600 a second"), [("enqueue", "a second", 57600.0)])
        self.assertEqual(bench.figures("idle memory {'VmRSS': 66.5} MB"), [("idle memory", "VmRSS", 66.5)])
        self.assertEqual(bench.figures("machine: 2 cores"), [])

    def test_only_what_is_beyond_the_rounds_of_one_build_has_changed(self):
        def verdict(figure, old, new):
            return bench.compare({("a", figure): old}, {("a", figure): new})[0][-1]
        self.assertEqual(verdict("tickets/s", [100, 101, 103], [120, 121, 123]), "better")
        self.assertEqual(verdict("p50_ms", [100, 101, 103], [120, 121, 123]), "worse")
        self.assertEqual(verdict("p50_ms", [100, 101, 130], [120, 121, 123]), "within noise")
        self.assertEqual(verdict("p50_ms", [100, 100, 100], [102, 102, 102]), "within noise")
        self.assertEqual(verdict("p50_ms", [100], [200]), "too few rounds")
        self.assertEqual(bench.compare({("a", "x"): [1]}, {("b", "x"): [1]}), [])


if __name__ == "__main__":
    unittest.main()

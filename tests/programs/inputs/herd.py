# CPython with NumPy and pandas, read from standard input.
import sys

import numpy
import pandas

print(sys.version_info[:2], sys.implementation.name)
print(numpy.linalg.inv(numpy.arange(9).reshape(3, 3) + numpy.eye(3)))
print(numpy.random.default_rng(7).normal(size=4))
herd = pandas.DataFrame({"weight": [61.5, 72.25, 58.0, 66.125], "age": [2, 5, 1, 3], "pen": list("abba")})
print(herd.describe())
print(herd.groupby("pen").weight.mean())
try:
    1 / 0
except ZeroDivisionError as error:
    print("caught:", error)
with open("/herd.csv", "w") as file:
    file.write(herd.to_csv(index=False))

// Command sum prints the sum of the numbers in a file.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func sum(name string) (sum int64, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for {
		var number int64
		if _, err := fmt.Fscan(file, &number); errors.Is(err, io.EOF) {
			return sum, nil
		} else if err != nil {
			return 0, err
		}
		sum += number
	}
}

func main() {
	total, err := sum(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	fmt.Println(total)
}

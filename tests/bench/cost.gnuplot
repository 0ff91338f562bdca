# SPDX-License-Identifier: GPL-2.0
# Instructions added to the death of a parent, over its number of children. data is
# the file that report.py writes.
set terminal svg size 900,600 font "sans-serif,15" background "white"
set title "What watching adds to the death of a parent"
set xlabel "children of the parent"
set ylabel "added, guest instructions"
set logscale xy
set format x "%.0f"
set format y "10^{%L}"
set xrange [0.9:12000]
set grid xtics ytics linecolor "#cccccc"
set key left top reverse Left
set datafile missing "?"
set style data linespoints
plot data using 1:6 linewidth 2 pointtype 5 linecolor "#b22222" \
		title "bpftrace, six fields", \
	data using 1:5 linewidth 2 pointtype 9 linecolor "#e08214" \
		title "ftrace kprobe\\_event, three arguments", \
	data using 1:4 linewidth 2 pointtype 13 linecolor "#5e3c99" \
		title "nsorphan, kill\\_orphaned\\_pgrp", \
	data using 1:3 linewidth 2 pointtype 4 dashtype 2 linecolor "#2166ac" \
		title "nsorphan, find\\_alive\\_thread, with a reader", \
	data using 1:2 linewidth 2 pointtype 7 linecolor "#1b7837" \
		title "nsorphan, find\\_alive\\_thread"

package redpacket

import "math"

// transform is the Fourier transform of a tilt, phi(2*pi*x), at one x after the other. With
//
//	phi = (1 - e^(m*z)) / (1 - e^z) * (1 - e^(-rate)) / (1 - e^(-rate*m)),  z = -rate + 2*pi*i*x,  m = w+1
//
// both quotients are of numbers that are near to each other, so their absolute values are
//
//	|phi|^2 = (1 + sin(pi*m*x)^2 / sinh(rate*m/2)^2) / (1 + sin(pi*x)^2 / sinh(rate/2)^2)
//
// where nothing cancels.
type transform struct {
	m            float64
	rate         float64
	ratio, ratem float64 // e^-rate, e^(-rate*m)
	short, less  float64 // 1 - ratio, 1 - ratem
	near2, far2  float64 // 1/sinh^2 of rate/2, and of rate*m/2
	logCoth      float64 // of rate*m/2
	logWidth     float64 // |phi| <= width / (2*pi*x)

	x, near, far float64 // sin(pi*x), sin(pi*m*x)
}

func newTransform(t tilt) transform {
	f := transform{m: float64(t.w) + 1, rate: t.rate}
	if t.rate == 0 {
		f.logWidth = log(math.Pi / f.m)
		return f
	}
	x := by(t.rate, f.m)
	f.ratio, f.ratem = exp(-t.rate), exp(-x)
	f.short, f.less = -expm1(-t.rate), -expm1(-x)
	f.near2, f.far2 = 4*f.ratio/by(f.short, f.short), 4*f.ratem/by(f.less, f.less)
	f.logCoth = log((1 + f.ratem) / f.less)
	sinh := f.short / (2 * math.Sqrt(f.ratio))
	f.logWidth = log(by(math.Pi, sinh)) + f.logCoth
	return f
}

// at goes to x, 0 < x < 1/2.
func (f *transform) at(x float64) {
	f.x, f.near, f.far = x, sinePi(x), 0
	if f.rate == 0 || f.far2 > 0x1p-80 {
		f.far = sinePi(by(f.m, x))
	}
}

// logAbs returns the logarithm of |phi|.
func (f *transform) logAbs() float64 {
	if f.rate == 0 {
		if f.far == 0 {
			return math.Inf(-1)
		}
		return log(math.Abs(f.far / by(f.m, f.near)))
	}
	a, b := by(by(f.far, f.far), f.far2), by(by(f.near, f.near), f.near2)
	return log1p((a-b)/(1+b)) / 2
}

// logBeyond returns the logarithm of a bound of the terms of a sum of k parts behind the one at i,
// out of terms.
func (f *transform) logBeyond(k, i, terms, n float64) float64 {
	if i >= terms {
		return math.Inf(-1)
	}
	near := sinePi(i / n)
	var logEdge float64
	if f.rate == 0 {
		logEdge = -log(by(f.m, near))
	} else {
		logEdge = f.logCoth - log1p(by(by(near, near), f.near2))/2
	}
	flat := by(k, logEdge) + log(2*(terms-i))
	falling := by(k, f.logWidth-log(2*math.Pi*(i/n))) + log(2*i/(k-1))
	return min(flat, falling)
}

// arg returns the argument of phi. It is not the same to the last bit everywhere.
func (f *transform) arg() float64 {
	if f.rate == 0 {
		a := math.Pi * f.x * (f.m - 1)
		if f.far < 0 {
			a += math.Pi
		}
		return a
	}
	cos := math.Sqrt(1 - f.near*f.near)
	a := math.Atan2(2*f.ratio*f.near*cos, f.short+2*f.ratio*f.near*f.near)
	if f.far != 0 {
		cos = sinePi(f.m*f.x + 0.5)
		a -= math.Atan2(2*f.ratem*f.far*cos, f.less+2*f.ratem*f.far*f.far)
	}
	return a
}

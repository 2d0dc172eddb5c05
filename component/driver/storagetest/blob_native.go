//go:build !js

package storagetest

import "hallway/component/driver"

func blob(text string) driver.Blob { return driver.Blob(text) }

func read(b driver.Blob) string { return string(b) }

package storetest

import "testing"

// The model passes the suite that holds others against it: what the tests say in
// words of their own is true of it too.
func TestModel(t *testing.T) {
	models := make(map[string]*Model) // by folder
	Run(t, Kind{
		Open: func(_ *testing.T, dir string) Store {
			if models[dir] == nil {
				models[dir] = NewModel()
			}
			models[dir].Reopen()
			return models[dir]
		},
		Settle: func(Store) {},
	})
}

println 'tools'

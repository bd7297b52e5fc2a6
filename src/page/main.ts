document.documentElement.dataset['build'] = __SHOAL_BUILD__

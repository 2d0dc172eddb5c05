const HtmlWebpackPlugin = require('html-webpack-plugin');

module.exports = {
  plugins: [new HtmlWebpackPlugin({ title: 'Hallway under webpack', favicon: './icon.svg' })],
};

"""The Streamlit components, one package each."""
